/* The button that prints; without script the browser's own menu does. */
for (const button of document.querySelectorAll("[data-tm-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
