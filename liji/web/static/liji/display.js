// The wall display: one part after the other, as long as nobody points at it; with a pointer or a key it stays.
(() => {
  const EACH = 12000; // ms
  let at = 0, held = false;

  function show() {
    for (const place of document.querySelectorAll("[data-rotate]")) {
      const parts = [...place.children];
      parts.forEach((part, number) => part.classList.toggle("resting", number !== at % parts.length));
    }
  }
  const main = () => document.getElementById("content");
  document.addEventListener("DOMContentLoaded", () => {
    show();
    main().addEventListener("pointerenter", () => { held = true; });
    main().addEventListener("pointerleave", () => { held = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") { held = !held; event.preventDefault(); }
    if (event.key === "ArrowRight") { at += 1; show(); }
  });
  document.addEventListener("liji:fresh", show); // what came anew shows all parts
  setInterval(() => { if (!held) { at += 1; show(); } }, EACH);
})();
