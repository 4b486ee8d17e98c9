// Draws a moment of a training: the surface (the outputs of the model), the network graph and its matrices. The page's
// other script, training.js, calls these functions.

const MINUS_FROM = 0.1; // of the largest number: from here on, a minus marks a negative number

// The colors of the present theme

function color(name) {
  const context = document.createElement("canvas").getContext("2d"); // writes any color as #rrggbb
  context.fillStyle = getComputedStyle(page).getPropertyValue("--" + name).trim();
  return [1, 3, 5].map(start => parseInt(context.fillStyle.slice(start, start + 2), 16));
}

const palettes = {}; // by theme

function palette() {
  return palettes[page.dataset.theme] ??= {
    ink: color("ink"), paper: color("paper"), forward: color("forward"), backward: color("backward"),
    kinds: [...Array(10).keys()].map(kind => color("kind" + kind)),
  };
}

const mix = (one, other, part) => one.map((each, i) => each + (other[i] - each) * part);

function shade(depth, colors) { // from -1, negative, over the color of the paper at 0 to 1
  return mix(colors.paper, depth < 0 ? colors.backward : colors.forward, Math.min(1, Math.abs(depth)));
}

// The surface: between the points of its grid, numbers are interpolated

const HATCHES = [
  () => false, (x, y) => (x + y) % 12 < 2, (x, y) => x % 9 < 2 && y % 9 < 2, (x, y) => y % 12 < 2,
  (x, y) => (x - y + 6000) % 12 < 2, (x, y) => x % 12 < 2, (x, y) => x % 12 < 2 || y % 12 < 2,
  (x, y) => (x + y) % 6 < 2, (x, y) => x % 6 < 2 && y % 6 < 2, (x, y) => y % 6 < 2,
];

function outputsAt(index, width, height) { // each output (a number or a probability) at each pixel
  const { side, outputs } = surface;
  return [...Array(outputs).keys()].map(output => {
    const start = (index * outputs + output) * side * side, [least, most] = surface.ranges[index * outputs + output];
    const numbers = new Float32Array(width * height);
    for (let row = 0, pixel = 0; row < height; row++) {
      const v = (1 - row / (height - 1)) * (side - 1), y = Math.min(side - 2, Math.floor(v)), up = v - y;
      for (let column = 0; column < width; column++, pixel++) {
        const u = column / (width - 1) * (side - 1), x = Math.min(side - 2, Math.floor(u)), right = u - x;
        const low = start + y * side + x, high = low + side;
        numbers[pixel] = least + (most - least) / 255 * ((levels[low] * (1 - right) + levels[low + 1] * right) * (1 - up)
          + (levels[high] * (1 - right) + levels[high + 1] * right) * up);
      }
    }
    return numbers;
  });
}

// From -1 to 1, where a number is between the lowest and the highest target
const rank = number => 2 * (number - surface.low) / (surface.high - surface.low) - 1;

function paintSurface(canvas, index, colors) {
  const { width, height } = canvas, context = canvas.getContext("2d"), image = context.createImageData(width, height);
  const outputs = outputsAt(index, width, height), two = outputs.length === 1, kinds = new Uint8Array(width * height);
  for (let pixel = 0; surface.classes && pixel < kinds.length; pixel++) {
    if (two) kinds[pixel] = outputs[0][pixel] > 0.5;
    else for (let kind = 1; kind < outputs.length; kind++) {
      if (outputs[kind][pixel] > outputs[kinds[pixel]][pixel]) kinds[pixel] = kind;
    }
  }
  for (let pixel = 0; pixel < kinds.length; pixel++) {
    const x = pixel % width, y = (pixel - x) / width, kind = kinds[pixel];
    const side = surface.classes ? 2 * outputs[0][pixel] - 1 : rank(outputs[0][pixel]);
    let ink = side < 0 ? colors.backward : colors.forward, depth = Math.min(1, Math.abs(side));
    if (surface.classes) {
      const edge = x + 1 < width && kind !== kinds[pixel + 1] || y + 1 < height && kind !== kinds[pixel + width];
      ink = edge ? colors.ink : colors.kinds[kind % 10];
      depth = edge ? 1 : 0.1 + 0.25 * (two ? depth : outputs[kind][pixel]) + 0.12 * HATCHES[kind % 10](x, y);
    }
    for (let part = 0; part < 3; part++) {
      image.data[4 * pixel + part] = colors.paper[part] + (ink[part] - colors.paper[part]) * depth;
    }
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function paintPoints(moment, index, colors) {
  const points = moment.querySelectorAll(".plot .point"), mistakes = moment.querySelector(".mistakes");
  if (surface.classes) {
    const wrong = new Set(surface.wrong[index]);
    points.forEach((point, place) => point.classList.toggle("wrong", wrong.has(place)));
    mistakes.textContent = `wrong, with a thick rim: ${wrong.size} of ${points.length} points`;
  } else if (levels) {
    points.forEach((point, place) => {
      point.style.fill = `rgb(${shade(rank(surface.targets[place]), colors).map(Math.round)})`;
      point.style.stroke = "var(--ink)";
    });
  }
}

function paintCurve(moment, index) { // 58 to 424 and 376 to 8 are the axes of the figure
  const { side, low, high } = surface;
  const down = y => Math.max(8, Math.min(376, 376 - 368 * (y - low) / (high - low)));
  const steps = [...curves.subarray(index * side, (index + 1) * side)].map((y, place) =>
    `${58 + 366 * place / (side - 1)} ${down(y).toFixed(1)}`);
  moment.querySelector(".line").setAttribute("d", "M" + steps.filter(step => !step.includes("NaN")).join("L"));
}

// The network: lines between nodes or, where it is large, matrices

function paintLines(moment, index) {
  const most = scale(index);
  for (const line of moment.querySelectorAll(".neurons [data-place]")) {
    const number = at(mode, index, line.dataset.place) || 0;
    line.setAttribute("stroke-width", (0.25 + 4 * Math.abs(number) / most).toFixed(2));
    line.classList.toggle("negative", number < 0);
  }
}

function paintMatrix(canvas, index, colors) {
  const { rows } = data.matrices[canvas.dataset.matrix], most = scale(index), context = canvas.getContext("2d");
  const size = canvas.width / rows[0].length;
  rows.forEach((row, y) => row.forEach((place, x) => {
    const depth = (at(mode, index, place) || 0) / most;
    context.fillStyle = `rgb(${shade(depth, colors).map(Math.round)})`;
    context.fillRect(x * size, y * size, size, size);
    if (depth < -MINUS_FROM && size > 5) {
      context.fillStyle = `rgb(${colors.ink})`;
      context.fillRect((x + 0.25) * size, (y + 0.5) * size - 0.5, size / 2, 1);
    }
  }));
}

function layMatrices() {
  data.matrices.forEach(({ name, rows }, number) => {
    const size = Math.max(1, Math.min(16, Math.floor(360 / rows[0].length), Math.floor(420 / rows.length)));
    const figure = document.createElement("figure"), heading = document.createElement("figcaption");
    const canvas = document.createElement("canvas");
    const description = `${name}: ${rows.length} × ${rows[0].length}`;
    Object.assign(canvas, { width: size * rows[0].length, height: size * rows.length });
    canvas.dataset.matrix = number;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${description}. The table below has the numbers.`);
    heading.textContent = description;
    figure.append(heading, canvas);
    stage.querySelector(".matrices").append(figure);
  });
}
