"use strict";
(() => {
  const numbers = document.getElementById("numbers");
  if (!numbers) return;
  const maps = JSON.parse(numbers.textContent);
  const get = (id) => document.getElementById(id);
  const [subset, condition, order, phone, other] = ["subset", "condition", "order", "phone", "other"].map(get);
  let map; // the numbers of the score that is shown
  let shown; // its cells, in the order that is chosen
  let places; // which place in the numbers each row and column has

  /* Show the map that is chosen, and the phones that were looked at before, where it has them. */
  function choose() {
    const chosen = maps.findIndex((one) => one.subset === subset.value && one.condition === condition.value);
    for (const one of document.querySelectorAll(".map")) one.hidden = Number(one.dataset.map) !== chosen;
    get("none").hidden = chosen >= 0;
    phone.form.hidden = chosen < 0;
    if (chosen < 0) return;
    const looked = [phone.value, other.value];
    map = maps[chosen];
    places = order.value === "name" ? map.names : map.phones.map((_, place) => place);
    for (const cells of document.querySelectorAll(`.map[data-map="${chosen}"] .cells`)) {
      cells.hidden = cells.dataset.order !== order.value;
      if (!cells.hidden) shown = cells;
    }
    for (const select of [phone, other]) {
      select.replaceChildren(...places.map((place) => new Option(map.phones[place])));
    }
    const found = looked.map((name) => places.findIndex((place) => map.phones[place] === name));
    if (found.every((place) => place >= 0)) read(...found);
    else read(...worst());
  }

  /* Return where the highest error stands. */
  function worst() {
    const highest = map.errors.indexOf(Math.max(...map.errors));
    const n = map.phones.length;
    return [Math.floor(highest / n), highest % n].map((place) => places.indexOf(place));
  }

  /* Show the numbers of a cell, given its row and column. */
  function read(row, column) {
    phone.selectedIndex = row;
    other.selectedIndex = column;
    const [band, across, cell] = shown.querySelectorAll(".band, .cell");
    band.setAttribute("y", row);
    across.setAttribute("x", column);
    cell.setAttribute("x", column);
    cell.setAttribute("y", row);
    for (const mark of [band, across, cell]) mark.setAttribute("visibility", "visible");
    const at = places[row] * map.phones.length + places[column];
    const value = document.createElement("b");
    const rest = document.createElement("span");
    if (map.errors[at] === null) {
      value.textContent = row === column ? "the same phone" : "not compared";
    } else {
      value.textContent = `${(map.errors[at] / 100).toFixed(2)} %`;
      rest.textContent = `${count(map.cells[at], "cell")}, ${count(map.speakers[at], "speaker")}`;
    }
    get("readout").replaceChildren(value, rest);
  }

  function count(number, noun) {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
  }

  /* Read the cell below the pointer. */
  function point(event) {
    const field = event.currentTarget.querySelector(".field").getBoundingClientRect();
    const n = map.phones.length;
    const column = Math.floor(((event.clientX - field.left) / field.width) * n);
    const row = Math.floor(((event.clientY - field.top) / field.height) * n);
    if (row >= 0 && row < n && column >= 0 && column < n) read(row, column);
  }

  function press(event) {
    const last = map.phones.length - 1;
    const { selectedIndex: row } = phone;
    const { selectedIndex: column } = other;
    const to = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1], Home: [row, 0], End: [row, last],
    }[event.key];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    read(...to.map((place) => Math.min(Math.max(place, 0), last)));
  }

  for (const cells of document.querySelectorAll(".cells")) {
    cells.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(event); });
    cells.addEventListener("click", point);
    cells.addEventListener("keydown", press);
  }
  for (const select of [subset, condition, order]) select.addEventListener("change", choose);
  for (const select of [phone, other]) {
    select.addEventListener("change", () => read(phone.selectedIndex, other.selectedIndex));
    select.form.addEventListener("submit", (event) => event.preventDefault());
  }
  subset.form.hidden = false;
  choose();
})();
