package intake

import (
	"testing"

	"cemigmas/crm"
)

// TestGroupsAndSegments: a file names the company above by its number or by the
// distributor's code, and the segment in words; the second time nothing changes.
func TestGroupsAndSegments(t *testing.T) {
	svc := newHouse(t)
	path := writeBook(t, bookSheet{"Clientes", [][]any{
		{"CNPJ ou CPF", "Código do cliente", "Nome", "Segmento", "Controladora", "Código da empresa acima no grupo"},
		{taxA, "k1", "Filial", "Média tensão", taxB, nil},
		{taxB, "k2", "Matriz", "Poder público", nil, nil},
		{nil, "k3", "Depósito", "livre", nil, "k1"},
		{nil, "k4", "Ninguém", "baixa tensão", nil, "k9"},
	}})
	got := run(t, svc, Options{Path: path, DryRun: true})
	if got.Of(crm.RowClient) != (Counts{Created: 3, Rejected: 1}) || !got.says(5, "Segmento", "baixa tensão", "import.cell.choice") ||
		!got.says(5, "Código da empresa acima no grupo", "k9", "import.parent.unknown") {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	if got = run(t, svc, Options{Path: path}); got.Of(crm.RowClient) != (Counts{Created: 3, Rejected: 1}) {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	if got = run(t, svc, Options{Path: path}); got.Of(crm.RowClient) != (Counts{Unchanged: 3, Rejected: 1}) {
		t.Errorf("again: %+v %+v", got.Sheets, got.told)
	}
}
