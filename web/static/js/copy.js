// A button beside a text that is shown once. Without a script the text can be
// selected, so the button shows only here.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // On a plain http address there is no clipboard but this one.
    if (!document.execCommand("copy")) return;
  }
  button.textContent = button.dataset.done;
  button.setAttribute("role", "status");
});
