// A form whose session had ended: what htmx sent is sent again as a page's own
// form, so that the sign-in can hold what was typed, and after the sign-in it goes
// back to its page at once.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status !== 401 || requestConfig.verb !== "post" || xhr.getResponseHeader("HX-Redirect")) return;
  const form = document.createElement("form");
  form.method = "post";
  form.action = requestConfig.path;
  for (const [name, value] of requestConfig.formData.entries()) {
    const field = document.createElement("textarea"); // keeps the ends of lines
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form); // a field may be called submit
});

const resume = document.querySelector("form[data-resume]");
if (resume) HTMLFormElement.prototype.submit.call(resume);
