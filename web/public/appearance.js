/** Sets theme and density before the first paint, so that nothing flashes. */
(() => {
  try {
    const { theme, density } = JSON.parse(localStorage.getItem("praxis.preferences") ?? "{}");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (density === "compact") document.documentElement.dataset.density = density;
  } catch {
    // Storage is switched off or holds something else: the system's theme is a good one.
  }
})();
