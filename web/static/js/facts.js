// A fact that is edited where it stands: what it says is chosen, so that one may
// copy or replace it, and Esc leaves it as it was.
document.addEventListener("htmx:afterSettle", () => {
  const field = document.activeElement;
  if (field?.closest("[data-in-place]") && field.matches("input, textarea")) field.select();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-in-place]");
  if (!form) return;
  if (event.key === "Escape") form.querySelector("[data-cancel]").click();
  else if (event.key === "Enter" && (event.target.matches("select") || event.ctrlKey || event.metaKey)) form.requestSubmit();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
