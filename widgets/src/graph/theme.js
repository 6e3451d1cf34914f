// The colours of the page, from its custom properties; asked again whenever the page changes its theme.
const NAMES = [
  "paper", "raised", "ink", "quiet", "rule", "strong-rule", "edge", "removed", "removed-wash", "added", "added-wash",
  "changed", "changed-wash", "focus", "accent", "on-accent", "accent-wash",
];

export function colours(element) {
  const style = getComputedStyle(element);
  const found = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--ak-${name}`).trim()]));
  return { ...found, font: style.fontFamily || "sans-serif" };
}

export function onTheme(element, changed) {
  let held = JSON.stringify(colours(element));
  const look = () => {
    const now = JSON.stringify(colours(element));
    if (now !== held) {
      held = now;
      changed();
    }
  };
  const watching = new MutationObserver(look);
  for (const root of [document.documentElement, document.body]) {
    watching.observe(root, { attributes: true, attributeFilter: ["class", "style", "data-akika-theme", "data-jp-theme-light", "data-theme"] });
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", look);
  return {
    look,
    stop() {
      watching.disconnect();
      dark.removeEventListener("change", look);
    },
  };
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
