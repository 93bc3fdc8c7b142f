document.body.textContent = "Shop";
