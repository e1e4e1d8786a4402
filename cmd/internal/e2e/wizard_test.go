package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"cemigmas/crm"
)

// ownTable is a file with headers of its sender's own: two clients, one of them
// with a CNPJ that cannot be.
const ownTable = "Documento;Apelido;Onde\n99.880.777/0001-55;Olaria do Wizard;Contagem\n11.111.111/1111-11;Ninguém;Betim\n"

// TestWizard maps a file, looks at what would change, imports it, gets it back
// with the reasons, and takes all of it back.
func TestWizard(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	p := sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(h.first(t, crm.RoleManager)) })
	file := filepath.Join(t.TempDir(), "meus clientes.csv")
	if err := os.WriteFile(file, []byte(ownTable), 0o600); err != nil {
		t.Fatal(err)
	}
	p.does(t, "map and look", func(p *person) {
		p.open("/imports")
		p.do("send it", chromedp.SetUploadFiles(css("input[type=file]"), []string{file}), click(css("form[data-upload] .primary")), chromedp.WaitVisible(css("form[data-mapping]")))
		p.do("say what it brings", chromedp.SetValue(css(`select[name="sheet.0"]`), "clients"), click(css(`form[method="get"][action$="/mapping"] button`)),
			chromedp.WaitVisible(css(`select[name="column.0.1"]`)))
		p.do("say what the columns are", chromedp.SetValue(css(`select[name="column.0.0"]`), "taxId"), chromedp.SetValue(css(`select[name="column.0.1"]`), "name"),
			chromedp.SetValue(css(`select[name="column.0.2"]`), "city"),
			click(css("form[data-mapping] .primary")))
		ended(p)
		p.sees("table.errors td", "CNPJ")
	})
	p.does(t, "import, get it back, undo", func(p *person) {
		p.do("import it", click(css("form[action$='/run'] button")))
		p.untilTrue("it is no dry run any more", `document.querySelector("form[action$='/run']") === null`)
		ended(p)
		p.sees(".stat", "Novas1")
		back, err := os.ReadFile(p.download("its own file", click(css(`a[href$="/file"]`))))
		if err != nil || len(back) <= len(ownTable) {
			t.Errorf("the file that came back: %q %v", back, err)
		}
		p.do("undo it", click(css("form[action$='/undo'] button")))
		p.untilTrue("it is undone", `document.querySelector("#job[data-job=done]") !== null && document.body.textContent.includes("Tudo foi desfeito")`)
	})
}
