// Small manners of every page: the sheet, sortable tables, toasts that go, forms that are sent once.
(() => {
  const sheet = document.getElementById("sheet");
  const body = document.getElementById("sheet-body");

  // A link with data-sheet opens its address in the sheet; without this script it is a page of its own.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-sheet]");
    if (!link || !sheet || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      // Our own server's page part, rendered with every value escaped.
      body.innerHTML = await answer.text();
      window.htmx?.process(body);
      if (!sheet.open) sheet.showModal();
      body.scrollTop = 0;
      body.querySelector("[data-open]")?.scrollIntoView({ block: "center" });
    } catch {
      location.assign(link.href);
    }
  });
  sheet?.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close(); // beside it
  });

  // Tables: <table data-sort id> with <th><button>; cells may carry data-value, an exact number as text.
  const orders = new Map();
  function sort(table) {
    const order = orders.get(table.id);
    if (!order) return;
    const value = (row) => {
      const cell = row.cells[order.column];
      return cell?.dataset.value ?? cell?.textContent.trim() ?? "";
    };
    const numeric = (text) => text !== "" && !Number.isNaN(Number(text));
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (numeric(x) && numeric(y)) return Number(x) - Number(y);
      if (numeric(x) !== numeric(y) && (x === "" || y === "")) return x === "" ? -1 : 1;
      return x.localeCompare(y, document.documentElement.lang);
    };
    const rows = [...table.tBodies[0].rows].sort((a, b) => order.sign * compare(a, b));
    table.tBodies[0].append(...rows);
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      if (column === order.column) cell.setAttribute("aria-sort", order.sign > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
  }
  document.addEventListener("click", (event) => {
    const head = event.target.closest?.("table[data-sort] th button")?.closest("th");
    if (!head) return;
    const table = head.closest("table"), column = head.cellIndex, order = orders.get(table.id);
    const first = head.classList.contains("num") ? -1 : 1; // figures: the largest first
    orders.set(table.id, { column, sign: order?.column === column ? -order.sign : first });
    sort(table);
  });
  document.addEventListener("liji:fresh", (event) => {
    event.detail.region.querySelectorAll("table[data-sort]").forEach(sort);
  });

  document.querySelectorAll("[data-toast]").forEach((toast) => setTimeout(() => toast.remove(), 6000));

  // A second click on the way sends nothing twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) { event.preventDefault(); return; }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if ("print" in button.dataset) { print(); return; }
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); } // plain http
    button.textContent = button.dataset.copied;
  });
})();
