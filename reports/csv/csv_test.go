package csv_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/csv"
)

func table(rows ...reports.Row) *reports.Table {
	return &reports.Table{
		Columns: []reports.Column{
			{Label: "Cliente"}, {Label: "kW", Over: "Medida", Kind: reports.KW},
			{Label: "R$", Kind: reports.Money}, {Label: "Uso", Kind: reports.Percent},
			{Label: "Dia", Kind: reports.Date}, {Label: "N", Kind: reports.Int},
		},
		Rows: func(yield func(reports.Row) bool) {
			for _, r := range rows {
				if !yield(r) {
					return
				}
			}
		},
		Len: len(rows),
	}
}

func row(name string) reports.Row {
	return reports.Row{Cells: []reports.Cell{
		reports.Words(name), reports.Number(1_234_500), reports.Number(866_780), reports.Number(1119),
		reports.Words("2026-10-31"), reports.Number(-2),
	}}
}

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		lang locale.Lang
		want string
	}{
		{locale.PtBR, "Cliente;Medida – kW;R$;Uso;Dia;N\r\nLaticínios \"Uai\";1234,5;8667,80;111,9;31/10/2026;-2\r\n"},
		{locale.ES, "Cliente;Medida – kW;R$;Uso;Dia;N\r\nLaticínios \"Uai\";1234,5;8667,80;111,9;31/10/2026;-2\r\n"},
		{locale.EN, "Cliente,Medida – kW,R$,Uso,Dia,N\r\nLaticínios \"Uai\",1234.5,8667.80,111.9,31/10/2026,-2\r\n"},
	} {
		var b bytes.Buffer
		if err := csv.Write(t.Context(), &b, table(row(`Laticínios "Uai"`)), c.lang); err != nil {
			t.Fatal(err)
		}
		got, marked := strings.CutPrefix(b.String(), "\ufeff")
		if !marked {
			t.Errorf("%s: no byte order mark", c.lang)
		}
		if got = strings.ReplaceAll(got, `"Laticínios ""Uai"""`, `Laticínios "Uai"`); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.lang, got, c.want)
		}
	}
}

// A text never becomes a formula; a negative number stays one.
func TestGuard(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+55 31 3506-1116": "'+55 31 3506-1116", "-x": "'-x", "@a": "'@a", "\t=1": "'\t=1",
		"a=1": "a=1", "": "", "'x": "'x",
	} {
		var b bytes.Buffer
		if err := csv.Write(t.Context(), &b, table(row(text)), locale.PtBR); err != nil {
			t.Fatal(err)
		}
		line := strings.Split(b.String(), "\r\n")[1]
		if got := line[:strings.Index(line, ";1234,5")]; strings.Trim(got, `"`) != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
		if !strings.HasSuffix(line, ";-2") {
			t.Errorf("the number was guarded: %q", line)
		}
	}
}

func TestMissingCellsAndCancel(t *testing.T) {
	var b bytes.Buffer
	if err := csv.Write(t.Context(), &b, table(reports.Row{Cells: []reports.Cell{reports.Words("só")}}), locale.PtBR); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.String(), "só;;;;;\r\n") {
		t.Errorf("missing cells: %q", b.String())
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	rows := make([]reports.Row, 2000)
	if err := csv.Write(ctx, &b, table(rows...), locale.PtBR); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
