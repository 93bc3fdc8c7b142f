import "./main.css";

document.body.append("and welcome");
