// The columns of a list are put in order where they stand; without this each
// press of a button asks the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-columns] [data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  if (button.dataset.move === "up") {
    // The first column names the record and stays where it is.
    if (row.previousElementSibling?.querySelector("[data-move]")) row.previousElementSibling.before(row);
  } else {
    row.nextElementSibling?.after(row);
  }
  button.focus();
});
