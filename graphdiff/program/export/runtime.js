// Functions of arrays. An array is a Float64Array of its entries, row by row; what shape it has
// stands in the program, which passes sizes and places. Each function needs those it names only.

function flat(given, size, name) {
  const found = Float64Array.from(ArrayBuffer.isView(given) ? given : [given].flat(Infinity), Number);
  if (found.length !== size) throw new RangeError(`${name} has ${found.length} entries, not ${size}`);
  return found;
}

function map(size, of) {
  const found = new Float64Array(size);
  for (let i = 0; i < size; i++) found[i] = of(i);
  return found;
}

// The places first + Σ strides[k] i_k for all indices i below the sizes, row by row.
function grid(sizes, strides, first) {
  let places = Int32Array.of(first);
  sizes.forEach((size, k) => {
    const wider = new Int32Array(places.length * size);
    for (let i = 0; i < wider.length; i++) {
      wider[i] = places[Math.floor(i / size)] + strides[k] * (i % size);
    }
    places = wider;
  });
  return places;
}

// The entries at these places; 0 for a place below 0.
function take(x, places) {
  return map(places.length, (i) => (places[i] < 0 ? 0 : x[places[i]]));
}

// The adjoint of take.
function scatter(x, places, size) {
  const found = new Float64Array(size);
  for (let i = 0; i < places.length; i++) found[places[i]] += x[i];
  return found;
}

function join(...arrays) {
  const found = new Float64Array(arrays.reduce((size, x) => size + x.length, 0));
  let start = 0;
  for (const x of arrays) {
    found.set(x, start);
    start += x.length;
  }
  return found;
}

// One number of each row of so many entries: f(…f(f(first, x_0), x_1)…).
function folded(x, size, f, first) {
  return map(x.length / size, (row) => {
    let found = first;
    for (let i = row * size; i < (row + 1) * size; i++) found = f(found, x[i]);
    return found;
  });
}

function sums(x, size) {
  return folded(x, size, (a, b) => a + b, 0);
}

function products(x, size) {
  return folded(x, size, (a, b) => a * b, 1);
}

function largest(x, size) {
  return folded(x, size, Math.max, -Infinity);
}

function smallest(x, size) {
  return folded(x, size, Math.min, Infinity);
}

// What each entry has of the derivative of the best in its row: those that tie, a share each.
function shares(x, size, best) {
  const is_best = map(x.length, (i) => (x[i] === best[Math.floor(i / size)] ? 1 : 0));
  const many = sums(is_best, size);
  return map(x.length, (i) => is_best[i] / many[Math.floor(i / size)]);
}

// h_i = a_i h_{i-1} + b_i along each row, or h_i = a_{i+1} h_{i+1} + b_i from its end.
function scan(a, b, size, reverse) {
  const found = Float64Array.from(b);
  for (let row = 0; row < b.length; row += size) {
    for (let i = 1; i < size; i++) {
      const [at, before, factor] = reverse
        ? [size - 1 - i, size - i, size - i]
        : [i, i - 1, i];
      found[row + at] += a[(row + factor) % a.length] * found[row + before];
    }
  }
  return found;
}

function running_products(x, size) {
  const found = Float64Array.from(x);
  for (let i = 0; i < x.length; i++) if (i % size) found[i] *= found[i - 1];
  return found;
}

// Σ of the products of the operands' entries. An operand is an array with two tables: its entry
// in place i of the value and j of the sum is the one at outer[i] + inner[j].
function contract(...operands) {
  const [[a, a_outer, a_inner], [b, b_outer, b_inner] = []] = operands;
  const many = a_inner.length;
  return map(a_outer.length, (i) => {
    let total = 0;
    if (operands.length === 2) {
      const [left, right] = [a_outer[i], b_outer[i]];
      for (let j = 0; j < many; j++) total += a[left + a_inner[j]] * b[right + b_inner[j]];
    } else {
      for (let j = 0; j < many; j++) {
        total += operands.reduce((product, [x, outer, inner]) => product * x[outer[i] + inner[j]], 1);
      }
    }
    return total;
  });
}

// f of each n × n matrix of a stack, the values one after the other.
function each_matrix(x, n, f) {
  const many = x.length / (n * n);
  return join(...Array.from({ length: many }, (_, k) => f(x.slice(k * n * n, (k + 1) * n * n), k)));
}

// PA = LU in one matrix, with the row each came from and the sign of the permutation.
function eliminated(matrix, n) {
  const lu = Float64Array.from(matrix);
  const order = Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k])) pivot = i;
    }
    if (pivot !== k) {
      for (let j = 0; j < n; j++) {
        [lu[k * n + j], lu[pivot * n + j]] = [lu[pivot * n + j], lu[k * n + j]];
      }
      [order[k], order[pivot]] = [order[pivot], order[k]];
      sign = -sign;
    }
    if (lu[k * n + k] === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = (lu[i * n + k] /= lu[k * n + k]);
      for (let j = k + 1; j < n; j++) lu[i * n + j] -= factor * lu[k * n + j];
    }
  }
  return { lu, order, sign };
}

function determinant(matrix, n) {
  const { lu, sign } = eliminated(matrix, n);
  let found = sign;
  for (let k = 0; k < n; k++) found *= lu[k * n + k];
  return found;
}

function determinants(x, n) {
  return each_matrix(x, n, (matrix) => [determinant(matrix, n)]);
}

function log_determinants(x, n) {
  return each_matrix(x, n, (matrix) => {
    const { lu, sign } = eliminated(matrix, n);
    let found = 0;
    let side = sign;
    for (let k = 0; k < n; k++) {
      found += Math.log(Math.abs(lu[k * n + k]));
      side *= Math.sign(lu[k * n + k]);
    }
    return [side >= 0 ? found : NaN];
  });
}

// X of AX = B for each matrix of a stack, B with so many columns.
function solutions(x, n, b, columns) {
  return each_matrix(x, n, (matrix, which) => {
    const { lu, order } = eliminated(matrix, n);
    const found = new Float64Array(n * columns);
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < n; i++) {
        let left = b[(which * n + order[i]) * columns + c];
        for (let j = 0; j < i; j++) left -= lu[i * n + j] * found[j * columns + c];
        found[i * columns + c] = left;
      }
      for (let i = n - 1; i >= 0; i--) {
        let left = found[i * columns + c];
        for (let j = i + 1; j < n; j++) left -= lu[i * n + j] * found[j * columns + c];
        found[i * columns + c] = left / lu[i * n + i];
      }
    }
    return found;
  });
}

function inverses(x, n) {
  return solutions(x, n, map(x.length, (i) => (i % (n * n) % (n + 1) ? 0 : 1)), n);
}

function choleskies(x, n) {
  return each_matrix(x, n, (a) => {
    const l = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let left = a[i * n + j];
        for (let k = 0; k < j; k++) left -= l[i * n + k] * l[j * n + k];
        l[i * n + j] = i === j ? Math.sqrt(left) : left / l[j * n + j];
      }
    }
    return l;
  });
}

// The derivative of det along so many matrices: a column from each, the others from the first.
function determinant_along(matrix, along, n, taken = []) {
  if (!along.length) return determinant(matrix, n);
  let total = 0;
  for (let c = 0; c < n; c++) {
    if (taken.includes(c)) continue;
    const mixed = map(n * n, (i) => (i % n === c ? along[0][i] : matrix[i]));
    total += determinant_along(mixed, along.slice(1), n, [...taken, c]);
  }
  return total;
}

// adj(A), or its derivative along matrices: signed minors, transposed.
function adjugates(x, n, ...along) {
  return each_matrix(x, n, (matrix, which) => {
    const own = along.map((h) => h.slice(which * n * n, (which + 1) * n * n));
    return map(n * n, (place) => {
      const [column, row] = [Math.floor(place / n), place % n];
      const minor = (a) => a.filter((_, i) => Math.floor(i / n) !== row && i % n !== column);
      const sign = (row + column) % 2 ? -1 : 1;
      return sign * determinant_along(minor(matrix), own.map(minor), n - 1);
    });
  });
}

function sigmoid(x) {
  const small = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

// To the nearest whole number, of two the even one.
function rint(x) {
  const whole = Math.round(x);
  return Math.abs(x % 1) === 0.5 && whole % 2 ? whole - 1 : whole;
}

// 2/√π e^{-x²} Σ 2^k x^{2k+1} / (1·3·…·(2k+1)), all of one sign (Abramowitz and Stegun, 7.1.6).
function erf(x) {
  if (Math.abs(x) > 1) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  let [term, total] = [x, x];
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(total); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

// Above 1 the continued fraction (Abramowitz and Stegun, 7.1.14), from its end: 200 terms are exact
// there, fewer further out.
function erfc(x) {
  if (!(x > 1)) return 1 - erf(x);
  let tail = x;
  for (let k = Math.ceil(200 / x); k > 0; k--) tail = x + k / 2 / tail;
  const high = Math.fround(x); // its square is exact, so that e^{-x²} keeps its digits
  return (Math.exp(-high * high) * Math.exp((high - x) * (high + x))) / tail / Math.sqrt(Math.PI);
}
