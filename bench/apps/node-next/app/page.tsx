import { Counter } from "./counter";

export default function Page() {
  return (
    <main>
      <h1>Storefront</h1>
      <Counter />
    </main>
  );
}
