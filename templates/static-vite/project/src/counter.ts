/** An example, to be replaced: a button that counts its clicks. */
export function showCounter(parent: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  let count = 0;
  const show = (): void => {
    button.textContent = `Clicked ${count} times`;
  };
  button.addEventListener("click", () => {
    count += 1;
    show();
  });
  show();
  parent.append(button);
  return button;
}
