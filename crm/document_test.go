package crm_test

import (
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

func file(name string) crm.DocumentFile {
	return crm.DocumentFile{Name: name, Blob: strings.Repeat("ab", 32), Size: 12}
}

// add keeps one file with a client.
func (h *house) add(t *testing.T, a crm.Actor, client, name string) crm.Document {
	t.Helper()
	made, err := h.AddDocuments(t.Context(), a, client, []crm.DocumentFile{file(name)}, crm.DocumentInput{Kind: "bill"}, crm.DocumentFor{})
	if err != nil {
		t.Fatal(err)
	}
	return made[0]
}

func TestDocumentNamesAreSafe(t *testing.T) {
	h := newHouse(t)
	for in, want := range map[string]string{
		"fatura.pdf": "fatura.pdf", `C:\Users\Ana\fatura.pdf`: "fatura.pdf", "../../etc/passwd": "passwd", "a\x00b\r\n.pdf": "ab.pdf",
		"conta\u202efdp.exe": "contafdp.exe", strings.Repeat("x", 300) + ".pdf": strings.Repeat("x", 195) + "….pdf",
	} {
		if d := h.add(t, h.ana, h.anasClient.ID, in); d.Name != want {
			t.Errorf("%q is kept as %q, want %q", in, d.Name, want)
		}
	}
}

func TestDocumentsAreRefusedWhole(t *testing.T) {
	h := newHouse(t)
	large, empty, unnamed := file("planta.dwg"), file("vazio.pdf"), file("..")
	large.Size, empty.Size = crm.MaxDocument+1, 0
	for name, c := range map[string]struct {
		files []crm.DocumentFile
		in    crm.DocumentInput
		to    crm.DocumentFor
		code  crm.Code
	}{
		"none":           {nil, crm.DocumentInput{}, crm.DocumentFor{}, crm.CodeInvalid},
		"one too large":  {[]crm.DocumentFile{file("a.pdf"), large}, crm.DocumentInput{}, crm.DocumentFor{}, crm.CodeTooLarge},
		"one empty":      {[]crm.DocumentFile{file("a.pdf"), empty}, crm.DocumentInput{}, crm.DocumentFor{}, crm.CodeInvalid},
		"one unnamed":    {[]crm.DocumentFile{file("a.pdf"), unnamed}, crm.DocumentInput{}, crm.DocumentFor{}, crm.CodeInvalid},
		"an odd kind":    {[]crm.DocumentFile{file("a.pdf")}, crm.DocumentInput{Kind: "virus"}, crm.DocumentFor{}, crm.CodeInvalid},
		"a long note":    {[]crm.DocumentFile{file("a.pdf")}, crm.DocumentInput{Notes: strings.Repeat("x", 3000)}, crm.DocumentFor{}, crm.CodeInvalid},
		"of no contract": {[]crm.DocumentFile{file("a.pdf")}, crm.DocumentInput{}, crm.DocumentFor{Contract: "none", Amendment: "am"}, crm.CodeNotFound},
	} {
		if _, err := h.AddDocuments(t.Context(), h.ana, h.anasClient.ID, c.files, c.in, c.to); crm.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if list, _, err := h.ClientDocuments(t.Context(), h.ana, h.anasClient.ID, false, 0, ""); err != nil || len(list) != 0 {
		t.Errorf("kept after all: %+v, %v", list, err)
	}
}

func TestDeletedDocumentComesBackForAWhile(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	d := h.add(t, h.ana, h.anasClient.ID, "conta.pdf")
	h.now = h.now.Add(time.Second)
	for range 2 { // a second click does nothing more
		if _, err := h.DeleteDocument(ctx, h.ana, d.ID); err != nil {
			t.Fatal(err)
		}
	}
	count := func(gone bool) int {
		t.Helper()
		list, _, err := h.ClientDocuments(ctx, h.ana, h.anasClient.ID, gone, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if count(false) != 0 || count(true) != 1 {
		t.Errorf("after delete: %d there, %d gone", count(false), count(true))
	}
	h.now = h.now.AddDate(0, 0, crm.GoneDays)
	if err := h.DropGoneDocuments(ctx); err != nil || count(true) != 1 {
		t.Fatalf("dropped on the last day, %v", err)
	}
	if _, err := h.RestoreDocument(ctx, h.ana, d.ID); err != nil || count(false) != 1 {
		t.Fatalf("not back: %v", err)
	}
	edits, _, err := h.DocumentRevisions(ctx, h.ana, h.anasClient.ID, d.ID, 0, "")
	if err != nil || len(edits) != 3 || !edits[2].Made || edits[1].Fields[0].Name != "goneAt" {
		t.Errorf("history is %+v, %v", edits, err)
	}
	if _, err := h.DeleteDocument(ctx, h.ana, d.ID); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.AddDate(0, 0, crm.GoneDays).Add(time.Second)
	if err := h.DropGoneDocuments(ctx); err != nil || count(true) != 0 {
		t.Errorf("still there after %d days, %v", crm.GoneDays, err)
	}
}

func TestEditedDocumentConflicts(t *testing.T) {
	h := newHouse(t)
	d := h.add(t, h.ana, h.anasClient.ID, "scan001.pdf")
	got, err := h.EditDocument(t.Context(), h.ana, d.ID, d.Version, crm.DocumentInput{Name: "aditivo.pdf", Kind: "amendment", Notes: " assinado "})
	if err != nil || got.Name != "aditivo.pdf" || got.Notes != "assinado" || got.Blob != d.Blob || got.Version != d.Version+1 {
		t.Fatalf("edited to %+v, %v", got, err)
	}
	now, err := h.EditDocument(t.Context(), h.ana, d.ID, d.Version, crm.DocumentInput{Name: "outro.pdf"})
	if crm.CodeOf(err) != crm.CodeConflict || now.Name != "aditivo.pdf" {
		t.Errorf("an old form: %v, now %q", err, now.Name)
	}
	if _, err := h.EditDocument(t.Context(), h.ana, d.ID, 0, crm.DocumentInput{Name: " "}); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("without a name: %v", err)
	}
}

// A document goes with its client: to another agent, and into a merge and back.
func TestDocumentFollowsItsClient(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	d := h.add(t, h.ana, h.anasClient.ID, "conta.pdf")
	to := h.rui.UserID
	if _, err := h.EditClient(ctx, h.admin, h.anasClient.ID, 0, crm.ClientPatch{Agent: &to}); err != nil {
		t.Fatal(err)
	}
	if got, err := crm.Documents.Get(ctx, h.Store(), d.ID); err != nil || got.Agent != h.rui.UserID || got.Team != "sul" {
		t.Errorf("handed over as %+v, %v", got, err)
	}
	m, err := h.MergeClients(ctx, h.admin, crm.MergeChoice{From: h.anasClient.ID, Into: h.ruisClient.ID})
	if err != nil {
		t.Fatal(err)
	}
	if list, _, err := h.ClientDocuments(ctx, h.rui, h.ruisClient.ID, false, 0, ""); err != nil || len(list) != 1 {
		t.Errorf("merged: %+v, %v", list, err)
	}
	if _, err := h.UndoMerge(ctx, h.admin, m.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := crm.Documents.Get(ctx, h.Store(), d.ID); err != nil || got.Client != h.anasClient.ID {
		t.Errorf("back at %+v, %v", got, err)
	}
}

func TestDocumentNamesItsBlob(t *testing.T) {
	h := newHouse(t)
	d := h.add(t, h.ana, h.anasClient.ID, "conta.pdf")
	for _, in := range crm.NamesBlobs() {
		for doc, err := range store.All(t.Context(), h.Store(), store.Query{In: in}) {
			if refs, rerr := crm.BlobsOf(in, doc.Body); err != nil || rerr != nil || doc.ID != d.ID || len(refs) != 1 || refs[0] != d.Blob {
				t.Errorf("%s names %v, %v, %v", doc.ID, refs, err, rerr)
			}
			return
		}
	}
	t.Error("no document names the blob")
}
