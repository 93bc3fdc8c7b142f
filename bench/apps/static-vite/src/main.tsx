import { render } from "preact";
import { useState } from "preact/hooks";
import "./style.css";

function App() {
  const [count, setCount] = useState(0);
  return <button onClick={() => setCount(count + 1)}>Asked {count} times</button>;
}

render(<App />, document.getElementById("app")!);
