export default function Page() {
  return <h1>It works</h1>;
}
