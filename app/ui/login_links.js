// What follows the # in the address: only the browser knows it, and it changes while the page is open.
export default {
  template: '<div style="display: none" aria-hidden="true"></div>',
  props: { loginPath: String },
  mounted() {
    this.add = (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || link.origin !== location.origin || !link.pathname.endsWith(this.loginPath)) return;
      link.hash = location.hash;
    };
    for (const type of ["click", "auxclick"]) document.addEventListener(type, this.add, true);
  },
  unmounted() {
    for (const type of ["click", "auxclick"]) document.removeEventListener(type, this.add, true);
  },
};
