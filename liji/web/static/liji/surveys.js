// A slider beside the number it sets; the number is what is sent, and stays empty until somebody has chosen.
for (const scale of document.querySelectorAll("[data-scale]")) {
  const slider = scale.querySelector("input[type=range]");
  const number = scale.querySelector("input[type=number]");
  slider.addEventListener("input", () => {
    number.value = slider.value;
    delete slider.dataset.unset;
  });
  number.addEventListener("input", () => {
    if (number.value) slider.value = number.value;
    slider.toggleAttribute("data-unset", !number.value);
  });
}
