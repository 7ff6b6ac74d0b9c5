// Pictures drawn from the table that stands with them: <div data-picture="points|bars|pairs|line" data-from="#table">.
// Each <tr data-label data-y> of the table is a point or a bar; data-say is its text, in the page's language.
(() => {
  const charts = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const rows = (place) => [...document.querySelectorAll(`${place.dataset.from} tr[data-y]`)].map((row) => row.dataset);
  const share = (value) => `${Math.round(value * 100)}%`;

  function common(place) {
    const text = { color: colour("--muted"), fontFamily: getComputedStyle(document.body).fontFamily };
    return {
      textStyle: text,
      animationDurationUpdate: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 600,
      grid: { left: 8, right: 24, top: 36, bottom: 34, containLabel: true },
      tooltip: { renderMode: "richText", confine: true, backgroundColor: colour("--ink"), borderWidth: 0,
        textStyle: { color: colour("--paper"), fontFamily: text.fontFamily }, formatter: (point) => point.data.say },
      aria: { enabled: true, label: { description: place.getAttribute("aria-label") } },
    };
  }
  const axis = (extra) => ({ axisLine: { lineStyle: { color: colour("--line") } }, axisTick: { show: false },
    splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--muted") }, ...extra });

  function points(place) {
    const data = rows(place);
    const largest = Math.max(1, ...data.map((row) => Number(row.size)));
    return { ...common(place),
      xAxis: axis({ type: "value", name: place.dataset.x, nameLocation: "middle", nameGap: 26, minInterval: 1, min: -0.6,
        max: (range) => Math.max(4, range.max) + 0.6,
        axisLabel: { color: colour("--muted"), formatter: (value) => (Number.isInteger(value) ? value : "") },
        nameTextStyle: { color: colour("--muted") } }),
      yAxis: axis({ type: "value", min: 0, max: (range) => Math.ceil(Math.max(1.2, range.max + 0.15) * 5) / 5,
        axisLabel: { color: colour("--muted"), formatter: share } }),
      series: [{ type: "scatter",
        data: data.map((row) => ({ name: row.label, say: row.say, value: [Number(row.x), Number(row.y)],
          symbolSize: 14 + 40 * Math.sqrt(Math.max(0, Number(row.size)) / largest) })),
        itemStyle: { color: colour("--accent"), opacity: 0.45, borderColor: colour("--accent") },
        label: { show: true, position: "top", formatter: (point) => point.name, color: colour("--ink"), opacity: 1 },
        labelLayout: { hideOverlap: true },
        markLine: { silent: true, symbol: "none", data: [{ yAxis: 1 }], animation: false,
          lineStyle: { color: colour("--gain"), type: "dashed" },
          label: { formatter: place.dataset.goal, position: "insideStartTop", color: colour("--gain") } } }] };
  }
  function bars(place) {
    const data = rows(place).reverse();
    return { ...common(place), grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      xAxis: axis({ type: "category", data: data.map((row) => row.label), splitLine: { show: false } }),
      yAxis: axis({ type: "value", splitNumber: 4 }),
      series: [{ type: "bar", barMaxWidth: 34, data: data.map((row) => ({ value: Number(row.y), say: row.say })),
        itemStyle: { color: colour("--accent"), borderRadius: [6, 6, 0, 0] } }] };
  }
  // Two bars beside each other, named data-first and data-second; each row gives the second one's height too.
  function pairs(place) {
    const data = rows(place).reverse();
    const side = (name, value, shade) => ({ type: "bar", name, barMaxWidth: 16, itemStyle: { color: colour(shade),
      borderRadius: [4, 4, 0, 0] }, data: data.map((row) => ({ value: Number(row[value]), say: row.say })) });
    return { ...common(place), grid: { left: 8, right: 8, top: 30, bottom: 4, containLabel: true },
      legend: { right: 0, top: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: colour("--muted") } },
      xAxis: axis({ type: "category", data: data.map((row) => row.label), splitLine: { show: false } }),
      yAxis: axis({ type: "value", minInterval: 1, splitNumber: 3 }),
      series: [side(place.dataset.first, "y", "--accent"), side(place.dataset.second, "second", "--muted")] };
  }
  // 200,000 is 20 万, or 200k: what fits below a phone's picture.
  const short = (value) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" }).format(value);

  function line(place) {
    const data = rows(place);
    const axisLabel = { color: colour("--muted"), formatter: short, hideOverlap: true };
    return { ...common(place), grid: { left: 8, right: 32, top: 16, bottom: 34, containLabel: true },
      xAxis: axis({ type: "value", name: place.dataset.x, nameLocation: "middle", nameGap: 26, max: "dataMax",
        nameTextStyle: { color: colour("--muted") }, axisLabel }),
      yAxis: axis({ type: "value", splitNumber: 4, axisLabel }),
      series: [{ type: "line", showSymbol: false, symbolSize: 8, lineStyle: { width: 3, color: colour("--accent") },
        itemStyle: { color: colour("--accent") }, areaStyle: { color: colour("--accent"), opacity: 0.08 },
        data: data.map((row) => ({ value: [Number(row.x), Number(row.y)], say: row.say })) }],
      tooltip: { ...common(place).tooltip, trigger: "axis", formatter: (points) => points[0].data.say } };
  }
  const KINDS = { points, bars, pairs, line };

  function draw() {
    for (const place of document.querySelectorAll("[data-picture]")) {
      let chart = charts.get(place);
      if (!chart) {
        chart = echarts.init(place, null, { renderer: "canvas" });
        charts.set(place, chart);
        new ResizeObserver(() => chart.resize()).observe(place);
      }
      chart.setOption(KINDS[place.dataset.picture](place));
    }
  }
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("liji:fresh", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();
