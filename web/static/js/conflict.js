// Of a field in conflict: who ticks what somebody else stored sees it in the
// field, who unticks it gets back what was typed.
const typed = new WeakMap();
document.addEventListener("change", ({ target }) => {
  const field = target.dataset.theirs && document.getElementById(target.dataset.theirs);
  if (!field) return;
  if (target.checked) typed.set(field, field.value);
  field.value = target.checked ? target.value : typed.get(field) ?? field.value;
});
document.addEventListener("input", ({ target }) => {
  const box = target.id && document.querySelector(`[data-theirs="${CSS.escape(target.id)}"]`);
  if (box) box.checked = false;
});
