/* Draws the sweeps of a report as SVG and lets the reader zoom into them. No other script is needed.

   Drag across a sweep to zoom, double-click to see all of it again; on a touch screen, pinch. With
   the keyboard: + and - zoom, the arrows move, 0 shows all. A curve is drawn through the lowest and
   highest value of every pixel, so no spike is lost, and prints as sharp as the printer can.

   A page that is kept up to date calls showSweeps(data) again; what the reader has zoomed into stays. */
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const LEFT = 64, RIGHT = 12, TOP = 8, BOTTOM = 34, SPIKE_ROW = 11, GAP = 10;
  const HEIGHT = { trace: 150, input: 54 };
  const MISSING = -32768;

  let data = null;
  let sweeps = [];

  function decoded(line) {
    const bytes = Uint8Array.from(atob(line.values), (sign) => sign.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const values = new Float64Array(bytes.length / 2);
    for (let k = 0; k < values.length; k++) {
      const level = view.getInt16(2 * k, true);
      values[k] = level === MISSING ? NaN : line.middle + line.step * level;
    }
    return { ...line, values };
  }

  function element(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  /* Values that are easy to read, about `count` of them between low and high. */
  function ticks(low, high, count) {
    const rough = (high - low) / count;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
    const exponent = Math.floor(Math.log10(step) + 1e-9);
    const isHalf = Math.abs(step / Math.pow(10, exponent) - 2.5) < 1e-6;
    const digits = Math.max(0, (isHalf ? 1 : 0) - exponent);
    return found.map((value) => ({ value, text: value.toFixed(Math.min(digits, 12)).replace("-", "−") }));
  }

  function indices(line, from, to) {
    const first = Math.max(0, Math.floor(from / line.dt) - 1);
    const last = Math.min(line.values.length - 1, Math.ceil(to / line.dt) + 1);
    return [first, last];
  }

  function rangeOf(lines, from, to) {
    let low = Infinity, high = -Infinity;
    for (const line of lines) {
      const [first, last] = indices(line, from, to);
      for (let k = first; k <= last; k++) {
        const value = line.values[k];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(low <= high)) return [0, 1];
    const margin = high > low ? 0.05 * (high - low) : Math.max(Math.abs(high), 1) * 0.1;
    return [low - margin, high + margin];
  }

  /* The path of a curve; where a pixel holds many values, their lowest and highest. */
  function pathOf(line, x, y, from, to, width) {
    const [first, last] = indices(line, from, to);
    const parts = [];
    let pen = "M";
    const put = (k) => {
      const value = line.values[k];
      if (Number.isNaN(value)) { pen = "M"; return; }
      parts.push(pen + x(k * line.dt).toFixed(1) + "," + y(value).toFixed(1));
      pen = "L";
    };
    if (last - first <= 3 * width) {
      for (let k = first; k <= last; k++) put(k);
      return parts.join("");
    }
    const perBin = (last - first + 1) / width;
    for (let bin = 0; bin < width; bin++) {
      const start = first + Math.floor(bin * perBin);
      const end = Math.min(last + 1, first + Math.floor((bin + 1) * perBin));
      let lowest = -1, highest = -1, gap = false;
      for (let k = start; k < end; k++) {
        const value = line.values[k];
        if (Number.isNaN(value)) { gap = true; continue; }
        if (lowest < 0 || value < line.values[lowest]) lowest = k;
        if (highest < 0 || value > line.values[highest]) highest = k;
      }
      if (lowest < 0) { pen = "M"; continue; }
      put(Math.min(lowest, highest));
      if (lowest !== highest) put(Math.max(lowest, highest));
      if (gap) pen = "M";
    }
    return parts.join("");
  }

  class Sweep {
    constructor(holder, sweep) {
      this.holder = holder;
      this.duration = sweep.duration;
      this.spikes = sweep.spikes;
      this.panels = sweep.panels.map((panel) => ({ ...panel, lines: panel.lines.map(decoded) }));
      this.view = [0, this.duration];
      this.pointers = new Map();
      this.svg = element("svg", {
        tabindex: 0, role: "img", "aria-label": holder.dataset.label, class: "sweep-drawing",
      }, holder);
      this.readout = document.createElement("output");
      this.readout.className = "readout";
      holder.appendChild(this.readout);
      this.listen();
    }

    get isWhole() { return this.view[0] <= 0 && this.view[1] >= this.duration; }

    show(from, to) {
      const shortest = Math.max(1e-9, 4 * Math.min(...this.panels.flatMap((p) => p.lines.map((l) => l.dt))));
      const width = Math.min(this.duration, Math.max(to - from, shortest));
      const start = Math.min(Math.max(0, from), this.duration - width);
      this.view = [start, start + width];
      this.draw();
    }

    draw() {
      const total = Math.max(280, this.holder.clientWidth);
      const width = total - LEFT - RIGHT;
      const [from, to] = this.view;
      const x = (t) => LEFT + ((t - from) / (to - from)) * width;
      this.svg.replaceChildren();
      let top = TOP + this.spikes.length * SPIKE_ROW;
      this.spikes.forEach((train, row) => this.drawSpikes(train, TOP + row * SPIKE_ROW, x));
      if (this.spikes.length) top += 4;
      for (const panel of this.panels) {
        panel.top = top;
        panel.height = HEIGHT[panel.kind];
        this.drawPanel(panel, x, width);
        top += panel.height + GAP;
      }
      this.bottom = top - GAP;
      this.drawTime(x, width, this.bottom);
      const height = this.bottom + BOTTOM;
      this.svg.setAttribute("viewBox", `0 0 ${total} ${height}`);
      this.marks = element("g", { class: "marks" }, this.svg);
    }

    drawSpikes(train, top, x) {
      const [from, to] = this.view;
      const path = train.times.filter((t) => t >= from && t <= to)
        .map((t) => `M${x(t).toFixed(1)},${top}v${SPIKE_ROW - 3}`).join("");
      element("path", { d: path, class: `spikes ${train.role}` }, this.svg);
    }

    drawPanel(panel, x, width) {
      const [from, to] = this.view;
      const [low, high] = this.isWhole ? panel.range : rangeOf(panel.lines, from, to);
      const y = (value) => panel.top + ((high - value) / (high - low)) * panel.height;
      panel.y = y;
      const group = element("g", { class: `panel ${panel.kind}` }, this.svg);
      for (const tick of ticks(low, high, Math.max(3, panel.height / 28))) {
        const at = y(tick.value);
        element("line", { x1: LEFT, x2: LEFT + width, y1: at, y2: at, class: "grid" }, group);
        element("text", { x: LEFT - 6, y: at + 3.5, class: "tick", "text-anchor": "end" }, group, tick.text);
      }
      const middle = panel.top + panel.height / 2;
      element("text", {
        x: 12, y: middle, class: "axis", "text-anchor": "middle", transform: `rotate(-90 12 ${middle})`,
      }, group, panel.label);
      const inside = element("svg", {
        x: LEFT, y: panel.top, width, height: panel.height, viewBox: `${LEFT} ${panel.top} ${width} ${panel.height}`,
      }, group);
      for (const line of panel.lines) {
        const columns = Math.max(400, Math.round(width * 1.5));
        element("path", { d: pathOf(line, x, y, from, to, columns), class: `curve ${line.role}` }, inside);
      }
    }

    drawTime(x, width, at) {
      element("line", { x1: LEFT, x2: LEFT + width, y1: at, y2: at, class: "frame" }, this.svg);
      for (const tick of ticks(...this.view, width / 90)) {
        element("line", { x1: x(tick.value), x2: x(tick.value), y1: at, y2: at + 4, class: "frame" }, this.svg);
        element("text", { x: x(tick.value), y: at + 15, class: "tick", "text-anchor": "middle" }, this.svg, tick.text);
      }
      element("text", {
        x: LEFT + width / 2, y: at + 30, class: "axis", "text-anchor": "middle",
      }, this.svg, data.time);
    }

    /* Time under a pointer; the drawing may be shown smaller or larger than it was made. */
    timeAt(event) {
      const box = this.svg.getBoundingClientRect();
      const total = this.svg.viewBox.baseVal.width;
      const at = ((event.clientX - box.left) / box.width) * total;
      const share = Math.min(1, Math.max(0, (at - LEFT) / (total - LEFT - RIGHT)));
      return this.view[0] + share * (this.view[1] - this.view[0]);
    }

    xOf(t) {
      const width = this.svg.viewBox.baseVal.width - LEFT - RIGHT;
      return LEFT + ((t - this.view[0]) / (this.view[1] - this.view[0])) * width;
    }

    mark(from, to) {
      this.marks.replaceChildren();
      if (from === undefined) return;
      const [a, b] = [this.xOf(Math.min(from, to)), this.xOf(Math.max(from, to))];
      element("rect", { x: a, y: TOP, width: Math.max(1, b - a), height: this.bottom - TOP, class: "chosen" }, this.marks);
    }

    read(t) {
      this.marks.replaceChildren();
      element("line", { x1: this.xOf(t), x2: this.xOf(t), y1: TOP, y2: this.bottom, class: "cursor" }, this.marks);
      const parts = [`${data.timeName} ${t.toPrecision(5)} ${data.timeUnit}`];
      for (const panel of this.panels) {
        for (const line of panel.lines) {
          const value = line.values[Math.round(t / line.dt)];
          if (Number.isFinite(value)) parts.push(`${line.name} ${value.toPrecision(4)} ${panel.unit}`);
        }
      }
      this.readout.textContent = parts.join("  ·  ").replaceAll("-", "−");
    }

    zoom(factor, around) {
      const [from, to] = this.view;
      const centre = around === undefined ? (from + to) / 2 : around;
      showAll(this, centre - (centre - from) * factor, centre + (to - centre) * factor);
    }

    move(share) {
      const width = this.view[1] - this.view[0];
      showAll(this, this.view[0] + share * width, this.view[1] + share * width);
    }

    listen() {
      const svg = this.svg;
      svg.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        this.pointers.set(event.pointerId, this.timeAt(event));
        if (event.pointerType === "mouse") svg.setPointerCapture(event.pointerId);
        this.from = this.pointers.size === 1 ? this.timeAt(event) : undefined;
        this.pinchView = [...this.view];
      });
      svg.addEventListener("pointermove", (event) => this.moved(event));
      svg.addEventListener("pointerup", (event) => this.released(event));
      svg.addEventListener("pointercancel", (event) => { this.pointers.delete(event.pointerId); this.mark(); });
      svg.addEventListener("pointerleave", () => { if (!this.pointers.size) { this.mark(); this.readout.textContent = ""; } });
      svg.addEventListener("dblclick", () => showAll(this, 0, this.duration));
      svg.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !event.shiftKey) return;
        event.preventDefault();
        this.zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, this.timeAt(event));
      }, { passive: false });
      svg.addEventListener("keydown", (event) => {
        const done = {
          "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2),
          "0": () => showAll(this, 0, this.duration),
          ArrowLeft: () => this.move(-0.2), ArrowRight: () => this.move(0.2),
        }[event.key];
        if (done && !event.ctrlKey && !event.metaKey) { event.preventDefault(); done(); }
      });
    }

    moved(event) {
      const t = this.timeAt(event);
      if (!this.pointers.has(event.pointerId)) { this.read(t); return; }
      if (this.pointers.size === 2) { this.pinched(event); return; }
      if (event.pointerType === "mouse" && this.from !== undefined) this.mark(this.from, t);
    }

    /* Two fingers hold the times that were under them. */
    pinched(event) {
      const [other] = [...this.pointers.keys()].filter((id) => id !== event.pointerId);
      const held = [this.pointers.get(other), this.pointers.get(event.pointerId)];
      const box = this.svg.getBoundingClientRect();
      const shareOf = (t) => (t - this.view[0]) / (this.view[1] - this.view[0]);
      const total = this.svg.viewBox.baseVal.width;
      const now = (((event.clientX - box.left) / box.width) * total - LEFT) / (total - LEFT - RIGHT);
      const still = shareOf(held[0]);
      if (Math.abs(now - still) < 0.05 || (now - still) * (held[1] - held[0]) <= 0) return;
      const width = (held[1] - held[0]) / (now - still);
      const start = held[0] - still * width;
      showAll(this, start, start + width);
    }

    released(event) {
      const from = this.from, to = this.timeAt(event);
      const wasOne = this.pointers.size === 1;
      this.pointers.delete(event.pointerId);
      this.from = undefined;
      this.mark();
      if (!wasOne || event.pointerType !== "mouse" || from === undefined) return;
      if (Math.abs(this.xOf(to) - this.xOf(from)) > 5) showAll(this, Math.min(from, to), Math.max(from, to));
    }
  }

  function showAll(origin, from, to) {
    const linked = document.getElementById("sweeps-linked");
    const all = !linked || linked.checked;
    const isWhole = to - from >= origin.duration;
    for (const sweep of sweeps) {
      if (sweep === origin || all) sweep.show(isWhole ? 0 : from, isWhole ? sweep.duration : to);
    }
  }

  function showSweeps(fresh) {
    const views = sweeps.map((sweep) => (sweep.isWhole ? null : sweep.view));
    data = fresh;
    sweeps = [...document.querySelectorAll(".sweep-holder")].map((holder) => {
      holder.replaceChildren();
      return new Sweep(holder, data.sweeps[Number(holder.dataset.sweep)]);
    });
    /* All sweeps share one range of every panel, so that they can be compared. */
    if (sweeps.length) {
      sweeps[0].panels.forEach((_, number) => {
        const ranges = sweeps.map((sweep) => rangeOf(sweep.panels[number].lines, 0, sweep.duration));
        const range = [Math.min(...ranges.map((r) => r[0])), Math.max(...ranges.map((r) => r[1]))];
        for (const sweep of sweeps) sweep.panels[number].range = range;
      });
    }
    sweeps.forEach((sweep, number) => (views[number] ? sweep.show(...views[number]) : sweep.draw()));
    for (const button of document.querySelectorAll("[data-zoom]")) button.onclick = () => zoomed(button.dataset.zoom);
    document.documentElement.dataset.sweeps = "drawn";
  }

  function zoomed(what) {
    const sweep = sweeps[0];
    if (what === "all") { for (const one of sweeps) one.show(0, one.duration); }
    else if (what === "in" || what === "out") sweep.zoom(what === "in" ? 0.5 : 2);
    else sweep.move(what === "left" ? -0.25 : 0.25);
  }

  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    for (const sweep of sweeps) sweep.draw();
  });
  window.showSweeps = showSweeps;
  const stored = document.getElementById("sweeps-data");
  if (stored) showSweeps(JSON.parse(stored.textContent));
})();

(() => {
  const script = document.getElementById("brian-script");
  if (!script) return;
  const copy = document.getElementById("copy-script");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(script.textContent);
    copy.textContent = "Copied";
  });
  const save = document.getElementById("save-script");
  save.hidden = false;
  save.href = URL.createObjectURL(new Blob([script.textContent], { type: "text/x-python" }));
})();
