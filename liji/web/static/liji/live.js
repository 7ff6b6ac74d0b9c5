// Keeps the page live: hears the stream, fetches anew what an event concerns, shows what has changed.
(() => {
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const SILENT = 40000; // ms without a beat: then the connection is gone, whatever it says
  const HIDDEN = 30000; // ms in the background: then the stream is closed, to leave the connection to others
  const badge = document.getElementById("live");
  const spoken = document.getElementById("spoken");
  const main = document.getElementById("content");
  let last = main?.dataset.since || "";
  let source = null, silence = 0, hiding = 0, doubt = 0, pause = 1000;

  // --- how fresh the page is ---------------------------------------------------------------------------
  const clock = () => new Date().toLocaleTimeString("en-GB", { hour12: false, timeZone: badge.dataset.zone });
  function show(state) {
    if (!badge) return;
    badge.dataset.state = state;
    badge.querySelector(".live-word").textContent = state === "live" ? badge.dataset.liveWord : badge.dataset.offlineWord;
    if (state === "live") badge.querySelector(".live-clock").textContent = clock();
  }

  // --- fetching anew: one request under way and at most one after it ----------------------------------------
  const regions = () => [...document.querySelectorAll("[data-live]")];
  const states = new WeakMap();
  function refresh(region) {
    const state = states.get(region) || { busy: false, again: false, started: 0 };
    states.set(region, state);
    // What this screen does not show (the phone's bar on a desk) is fetched when it does.
    if (!region.getClientRects().length) { state.stale = true; return; }
    if (state.busy) { state.again = true; return; }
    state.busy = true;
    const wait = Math.max(0, state.started + Number(region.dataset.liveEvery || 0) - Date.now());
    setTimeout(async () => {
      state.started = Date.now();
      state.stale = !(await fetchAnew(region));
      state.busy = false;
      if (state.again) { state.again = false; refresh(region); }
      else if (state.stale) setTimeout(() => refreshStale(), 3000);
    }, wait);
  }
  // What could not be fetched is fetched as soon as the server is back.
  const refreshStale = () => regions().filter((region) => states.get(region)?.stale).forEach(refresh);
  // Whether the region is as new as the server knows.
  async function fetchAnew(region) {
    let answer;
    try {
      answer = await fetch(region.dataset.live, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    } catch { show("offline"); return false; }
    if (answer.status === 401) { location.reload(); return true; }
    if (!answer.ok) return answer.status < 500;
    const before = figures(region);
    await htmx.swap({ target: region, text: await answer.text(), swap: "innerMorph", sourceElement: region });
    changed(region, before);
    document.dispatchEvent(new CustomEvent("liji:fresh", { detail: { region } }));
    return true;
  }

  // --- what has changed ---------------------------------------------------------------------------------------
  const figures = (region) => new Map([...region.querySelectorAll("[data-figure][id]")].map(
    (element) => [element.id, { figure: element.dataset.figure, text: element.textContent }]));
  function changed(region, before) {
    for (const element of region.querySelectorAll("[data-figure][id]")) {
      const old = before.get(element.id);
      if (!old || old.figure === element.dataset.figure) continue;
      const difference = subtract(element.dataset.figure, old.figure);
      roll(element, old.text, element.textContent);
      if (difference) tell(element, difference);
    }
  }
  // Exact: in whole units of the last decimal place, never in floating point.
  function subtract(now, then) {
    const places = Math.max(...[now, then].map((text) => (text.split(".")[1] || "").length));
    const whole = (text) => BigInt(text.replace(".", "") + "0".repeat(places - (text.split(".")[1] || "").length));
    let units;
    try { units = whole(now) - whole(then); } catch { return null; }
    if (units === 0n) return null;
    const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
    const integer = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
    return { up: units > 0n, text: (units > 0n ? "+" : "−") + integer + (fraction && "." + fraction.padEnd(2, "0")) };
  }
  function tell(element, difference) {
    const place = document.querySelector(`[data-change-of="${element.id}"]`);
    if (!place) return;
    place.textContent = difference.text;
    place.className = "change " + (difference.up ? "up" : "down");
    void place.offsetWidth; // starts the animation anew
    place.classList.add("shown");
    if (spoken) spoken.textContent = `${place.dataset.name || ""} ${difference.text}`;
  }
  const NUMBER = /\d[\d,]*(?:\.\d+)?/;
  function roll(element, from, to) {
    const [a, b] = [from.match(NUMBER), to.match(NUMBER)];
    if (CALM.matches || !a || !b || from.replace(NUMBER, "") !== to.replace(NUMBER, "")) return;
    const places = (b[0].split(".")[1] || "").length;
    const [start, end] = [a[0], b[0]].map((text) => Number(text.replaceAll(",", "")));
    const began = performance.now();
    const show = (value) => value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    const step = (now) => {
      const part = Math.min((now - began) / 900, 1), eased = 1 - (1 - part) ** 3;
      // The last frame is the server's own text; those before only move the eye.
      element.textContent = part < 1 ? to.replace(NUMBER, show(start + (end - start) * eased)) : to;
      if (part < 1 && element.isConnected) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  // --- the stream ---------------------------------------------------------------------------------------------
  function alive() {
    clearTimeout(silence); clearTimeout(doubt); doubt = 0;
    silence = setTimeout(() => { show("offline"); open(); }, SILENT);
    pause = 1000;
    show("live");
  }
  const ASKED_FOR = ["notice", "recognition", "ranking"]; // heard only by the regions that name them: they change no figure
  function concerns(region, event) {
    const { livePayee, liveKind } = region.dataset;
    if (liveKind ? !liveKind.split(" ").includes(event.kind) : ASKED_FOR.includes(event.kind)) return false;
    return !livePayee || event.payee === null || String(event.payee) === livePayee;
  }
  function open() {
    source?.close();
    if (!regions().length) return;
    source = new EventSource((main?.dataset.stream || "/live") + (last ? `?since=${encodeURIComponent(last)}` : ""));
    const heed = (name, act) => source.addEventListener(name, (message) => {
      if (message.lastEventId) last = message.lastEventId;
      alive();
      act?.(JSON.parse(message.data));
    });
    heed("hello", refreshStale);
    heed("beat");
    heed("happened", (event) => regions().filter((region) => concerns(region, event)).forEach(refresh));
    heed("resync", () => regions().forEach(refresh));
    source.onerror = () => {
      // The server ends a stream now and then, and it is opened again at once: no reason to frighten anybody.
      doubt ||= setTimeout(() => show("offline"), 4000);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => { regions().slice(0, 1).forEach(refresh); open(); }, pause);
      pause = Math.min(pause * 2, 20000);
    };
  }
  addEventListener("offline", () => show("offline"));
  addEventListener("online", open);
  addEventListener("resize", refreshStale);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(() => { source?.close(); source = null; clearTimeout(silence); }, HIDDEN);
    else if (!source) open();
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { regions().forEach(refresh); open(); } });
  document.addEventListener("DOMContentLoaded", open);
})();
