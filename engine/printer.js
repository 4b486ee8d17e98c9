// Numbers as text, for pages: the same text as engine/printer.py and Python's repr() write for the same number.
"use strict";

// Return the first `count` digits of a number, rounded, and its exponent. The number is finite and not 0. A tie is
// rounded to the even digit, as in Python; toExponential() rounds it away from 0.
function digitsOf(value, count) {
  const parts = places => {
    const [mantissa, exponent] = Math.abs(value).toExponential(places).split("e");
    return [mantissa.replace(".", ""), Number(exponent)];
  };
  const [exact, exponent] = parts(60);
  const tie = /^50*$/.test(exact.slice(count)), even = "02468".includes(exact[count - 1]);
  return tie && even ? [exact.slice(0, count), exponent] : parts(count - 1);
}

function notFinite(value) {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

function scientific(digits, exponent) {
  const rest = digits.slice(1), size = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits[0]}${rest && "."}${rest}e${exponent < 0 ? "-" : "+"}${size}`;
}

function positional(digits, exponent) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0"), rest = digits.slice(exponent + 1);
  return rest ? `${whole}.${rest}` : whole;
}

// What f"{value:.{count}g}" is in Python.
function general(value, count) {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0`;
  const [digits, exponent] = digitsOf(value, count), short = digits.replace(/0+$/, "");
  return sign + (exponent < -4 || exponent >= count ? scientific : positional)(short, exponent);
}

// What format_number() of engine/printer.py returns.
function formatNumber(value, digits = 4) {
  value += 0; // -0 becomes 0
  const text = general(value, Math.abs(value) >= 1000 ? Math.max(digits, 7) : digits);
  if (/[.einf]/.test(text)) return text;
  if (Math.abs(Number(text) - value) < 0.05) return `${text}.0`;
  return general(value, text.replace("-", "").length + 1); // a digit behind the point says more than a false .0
}

// What true_minus() of engine/printer.py returns: for all that a page shows of numbers and derivatives.
function trueMinus(text) {
  return text.replace(/(^|[^\p{L}\p{N}_.\])])-(?=\d|inf)/gu, "$1−").replace(/(\de)-(?=\d)/g, "$1−");
}

// A number as a page shows it.
function shownNumber(value, digits = 4) {
  return trueMinus(formatNumber(value, digits));
}

// What str() of a float is in Python: as few digits as tell the number from all others.
function exactNumber(value) {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0.0`;
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", ""), exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent);
  const text = positional(digits, exponent);
  return sign + (text.includes(".") ? text : `${text}.0`);
}
