// Arranging a dashboard by dragging; the buttons beside each line do the same without a mouse.
(() => {
  const desk = matchMedia("(hover: hover) and (pointer: fine)");
  const list = () => document.querySelector("[data-arrange]");
  let dragged = null;

  const ready = () => list()?.querySelectorAll("li[data-code]").forEach((line) => { line.draggable = desk.matches; });
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("pointerover", ready); // lines that came anew
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-arrange] li[data-code]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.code);
    dragged.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest?.("[data-arrange] li[data-code]");
    if (!over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    list().insertBefore(dragged, event.clientY < top + height / 2 ? over : over.nextSibling);
  });
  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  document.addEventListener("dragend", async () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    const sent = new URLSearchParams({ act: "order" });
    list().querySelectorAll("li[data-code]").forEach((line) => sent.append("codes", line.dataset.code));
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(list().dataset.arrange, { method: "POST", body: sent, credentials: "same-origin",
      headers: { "HX-Request": "true", "X-CSRFToken": token } });
    if (!answer.ok) { location.reload(); return; }
    await htmx.swap({ target: document.getElementById("arrange"), text: await answer.text(), swap: "innerMorph" });
    ready();
  });
})();
