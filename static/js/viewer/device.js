// What this device and its connection can take.

const QUALITY_MOST = 1024;
const SLOW_MEGABITS = 3;

/** Return the limits for this device and its connection. */
export function limitsFor({ isPhone, saveData = false, effectiveType = "4g", downlink = 10 }) {
  const isSlow = saveData || effectiveType !== "4g" || downlink < SLOW_MEGABITS;
  return {
    isSlow,
    bytes: (isPhone ? 64 : 256) * 1024 * 1024,
    previewSize: isSlow ? 128 : 256,
    qualityMost: isSlow ? 512 : QUALITY_MOST,
    ahead: isSlow ? 4 : isPhone ? 9 : 15,
    behind: isSlow ? 1 : isPhone ? 3 : 5,
  };
}

/** Return the limits of this device. */
export function deviceLimits() {
  const { saveData, effectiveType, downlink } = navigator.connection ?? {};
  const isSmall = Math.min(screen.width, screen.height) < 700;
  return limitsFor({ isPhone: isSmall || matchMedia("(pointer: coarse)").matches, saveData, effectiveType, downlink });
}

/** Return the size of previews, 0 for the stored one; `longest` is the longest side as stored. */
export function previewSize(longest, { previewSize: most }) {
  return longest <= most ? 0 : most;
}
