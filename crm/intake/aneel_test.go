package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"cemigmas/crm"
)

const aneelHead = "DatGeracaoConjuntoDados;DscREH;SigAgente;NumCNPJDistribuidora;DatInicioVigencia;DatFimVigencia;DscBaseTarifaria;DscSubGrupo;DscModalidadeTarifaria;DscClasse;DscSubClasse;DscDetalhe;NomPostoTarifario;DscUnidadeTerciaria;SigAgenteAcessante;VlrTUSD;VlrTE\n"

func aneelLine(modality, posto, unit, tusd, te string) string {
	return fmt.Sprintf("2026-03-27;REH 1;CEMIG-D;06981180000116;2026-01-01;2026-12-31;Tarifa de Aplicação;A4;%s;Não se aplica;Não se aplica;Não se aplica;%s;%s;Não se aplica;%s;%s\n", modality, posto, unit, tusd, te)
}

// aneelGood are Cemig-D's tariffs of A4, and rows that are none of ours.
var aneelGood = aneelHead + aneelLine("Verde", "Não se aplica", "R$/kW", "22,81", ",00") +
	aneelLine("Verde", "Ponta", "R$/MWh", "1.809,05", "475,91") + aneelLine("Verde", "Fora ponta", "R$/MWh", "153,23", "296,77") +
	aneelLine("Azul", "Ponta", "R$/kW", "68,21", "0") + aneelLine("Azul", "Fora ponta", "R$/kW", "22,81", "0") +
	aneelLine("Azul", "Ponta", "R$/MWh", "153,23", "475,91") + aneelLine("Azul", "Fora ponta", "R$/MWh", "153,23", "296,77") +
	aneelLine("Branca", "Ponta", "R$/MWh", "1", "1") + strings.Replace(aneelLine("Azul", "Ponta", "R$/kW", "1", "1"), "Tarifa de Aplicação", "Base Econômica", 1)

func takeTariffs(t *testing.T, svc *crm.Service, text string) (Result, []crm.ImportError) {
	t.Helper()
	var told []crm.ImportError
	res, err := Run(t.Context(), svc, crm.Actor{UserID: "root", Role: crm.RoleAdmin}, Options{Path: writeFile(t, "tarifas.csv", text), Name: "tarifas.csv", Lang: "pt-BR",
		OnError: func(e crm.ImportError) { told = append(told, e) }})
	if err != nil {
		t.Fatal(err)
	}
	return res, told
}

func TestTariffsOfTheRegulator(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().String(aneelGood)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"UTF-8": aneelGood, "with a BOM": "\ufeff" + aneelGood, "Latin-1": latin} {
		t.Run(name, func(t *testing.T) {
			svc := newHouse(t)
			res, told := takeTariffs(t, svc, text)
			if res.Kind != KindTariffs || res.Sheets[0].Counts != (Counts{Created: 5}) || len(told) != 1 || told[0].Reason.Args[1] != "2" {
				t.Fatalf("%+v, told %+v", res, told)
			}
			list, err := svc.ListTariffs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range crm.StartTariffs() {
				n := slices.IndexFunc(list, func(x crm.Tariff) bool { return x.Modality == want.Modality && x.Posto == want.Posto })
				if n < 0 || list[n].MicrosPerKW != want.MicrosPerKW || list[n].TUSDMicrosPerKWh != want.TUSDMicrosPerKWh || list[n].TEMicrosPerKWh != want.TEMicrosPerKWh ||
					list[n].From != "2026-01-01" || list[n].Act != "REH 1" {
					t.Errorf("%s %s: %+v", want.Modality, want.Posto, list)
				}
			}
			if res, _ = takeTariffs(t, svc, text); res.Sheets[0].Counts != (Counts{Unchanged: 5}) {
				t.Errorf("the same file again: %+v", res.Sheets)
			}
		})
	}
}

func TestFaultyTariffsAreNamed(t *testing.T) {
	svc := newHouse(t)
	good := aneelLine("Azul", "Ponta", "R$/kW", "68,21", "0")
	res, told := takeTariffs(t, svc, aneelHead+good+strings.Replace(good, "2026-01-01", "2026-02-30", 1)+aneelLine("Azul", "Ponta", "R$/kW", "68,2x", "0")+
		aneelLine("Azul", "Ponta", "R$", "1", "1")+aneelLine("Azul", "Madrugada", "R$/MWh", "1", "-1"))
	if c := res.Sheets[0].Counts; c.Created != 1 || c.Rejected != 4 {
		t.Errorf("%+v", res.Sheets)
	}
	var got []string
	for _, e := range told {
		got = append(got, fmt.Sprintf("%d %s %q %s", e.Row, e.Column, e.Value, e.Reason.Key))
	}
	want := []string{`3 DatInicioVigencia "2026-02-30" date.invalid`, `4 VlrTUSD "68,2x" number.invalid`, `5 DscUnidadeTerciaria "R$" import.aneel.unit`,
		`6 NomPostoTarifario "Madrugada" import.tariff.posto`, `6 VlrTE "-1" import.negative`}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
