const api = import.meta.env.VITE_API_URL ?? "/api";

document.querySelector("#app")!.textContent = `It works, and the API is at ${api}`;
