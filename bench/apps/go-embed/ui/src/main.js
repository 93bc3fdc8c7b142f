import "./style.css";

document.body.textContent = "Nothing to do";
