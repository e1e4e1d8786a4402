// Theme and density act at once, before they are saved with the form.
const root = document.documentElement;
const year = 365 * 24 * 3600;

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.('form[action="/settings"] select') || (field.name !== "theme" && field.name !== "density")) return;
  if (field.value) root.dataset[field.name] = field.value;
  else delete root.dataset[field.name];
  document.cookie = `${field.name}=${field.value}; path=/; max-age=${field.value ? year : 0}; samesite=lax`;
});

// A mail's frame cannot be measured; a phone's lines are shorter.
if (matchMedia("(max-width: 640px)").matches) {
  for (const frame of document.querySelectorAll("iframe[data-phone]")) frame.height = frame.dataset.phone;
}
