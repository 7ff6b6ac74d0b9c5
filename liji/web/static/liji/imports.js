// A file that is dropped anywhere on the field is chosen as if by hand.
(() => {
  const field = document.querySelector("[data-drop]");
  const input = field?.querySelector("input[type=file]");
  if (!input) return;
  const over = (on) => field.classList.toggle("over", on);
  field.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
  field.addEventListener("dragleave", () => over(false));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
