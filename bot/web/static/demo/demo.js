/** The demo page: a sentence that is clicked goes into the chat's field, to be sent or not. */
for (const button of document.querySelectorAll("main button")) {
  button.addEventListener("click", () => {
    const chat = /** @type {import("../widget/remanso-chat.js").RemansoChat | null} */ (
      document.querySelector("remanso-chat")
    );
    chat?.compose(button.textContent ?? "");
  });
}
