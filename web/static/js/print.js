// A page that is made to be printed offers it. Without a script the browser's
// own menu prints it as well.
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
