// The editor of rules: what changes the form's shape draws it anew.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-redraw]")) return;
  document.getElementById("redraw").click();
});
