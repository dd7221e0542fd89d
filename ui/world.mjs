// Draws the world for the map of the reports: one shape per country, named by its two letters, from Natural Earth's
// public-domain outlines. Run by build.py with the file to write.
import { readFileSync, writeFileSync } from "node:fs";
import { geoEqualEarth, geoPath } from "d3-geo";
import codes from "i18n-iso-countries";
import { feature } from "topojson-client";

const WIDTH = 960;
const HEIGHT = 440;
const ANTARCTICA = "010"; // nobody shops there, and it would take a fifth of the picture

function countriesOf(scale) {
  const file = new URL(`node_modules/world-atlas/countries-${scale}.json`, import.meta.url);
  const atlas = JSON.parse(readFileSync(file));
  return feature(atlas, atlas.objects.countries).features.filter((one) => one.id !== ANTARCTICA);
}

// The coarse outlines leave small countries out; those alone come from the finer ones.
const coarse = countriesOf("110m");
const known = new Set(coarse.map((one) => one.id));
const countries = [...coarse, ...countriesOf("50m").filter((one) => one.id && !known.has(one.id))];
const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "FeatureCollection", features: coarse });
// Guiana is drawn as a part of France, and is a country of its own in addresses.
const france = coarse.find((one) => one.id === "250");
const overseas = france.geometry.coordinates.filter(([ring]) => ring[0][0] < -30);
france.geometry.coordinates = france.geometry.coordinates.filter(([ring]) => ring[0][0] >= -30);
countries.push({ type: "Feature", id: "254", geometry: { type: "MultiPolygon", coordinates: overseas } });
const path = geoPath(projection).digits(1);

const shapes = new Map(); // land without a code of its own is drawn, too
for (const country of countries) {
  const code = (country.id && codes.numericToAlpha2(country.id)) || "land";
  shapes.set(code, (shapes.get(code) ?? "") + (path(country) ?? ""));
}
const drawn = [...shapes].sort().map(([code, outline]) => `<path id="${code}" d="${outline}"/>`);
writeFileSync(
  process.argv[2],
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><g id="world">${drawn.join("")}</g></svg>\n`,
);
