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

func aneelOf(distributor, line string) string {
	return strings.ReplaceAll(line, "CEMIG-D", distributor)
}

// Of B1 only the energy of the residential class in the conventional modality is
// of use: it prices reactive excess.
func TestTheEnergyOfB1IsTaken(t *testing.T) {
	svc := newHouse(t)
	b1 := func(modality, class, subclass, tusd, te string) string {
		l := strings.Replace(aneelLine(modality, "Não se aplica", "R$/MWh", tusd, te), ";A4;", ";B1;", 1)
		return strings.Replace(l, "Não se aplica;Não se aplica", class+";"+subclass, 1)
	}
	res, told := takeTariffs(t, svc, aneelHead+b1("Convencional", "Residencial", "Residencial", "412,03", "301,57")+
		b1("Convencional", "Residencial", "Baixa Renda", "1,00", "2,00")+b1("Branca", "Residencial", "Residencial", "1,00", "2,00")+
		b1("Convencional", "Rural", "Rural", "1,00", "2,00")+b1("Convencional", "Residencial", "Residencial", "1,00", ",00"))
	list, err := svc.ListTariffs(t.Context())
	if err != nil || len(list) != 1 || res.Sheets[0].Counts != (Counts{Created: 1}) || len(told) != 1 || told[0].Reason.Args[1] != "4" {
		t.Fatalf("%+v, told %+v, stored %+v, %v", res.Sheets, told, list, err)
	}
	if x := list[0]; x.ID != "CEMIG-D|B1|convencional|single|2026-01-01" || x.TEMicrosPerKWh != 301_570 || x.TUSDMicrosPerKWh != 0 || x.MicrosPerKW != 0 {
		t.Errorf("%+v", x)
	}
}

// The regulator's whole table: those that installations name are taken, wherever
// they stand in it; without any installation nobody knows which.
func TestAWholeTableOfTariffs(t *testing.T) {
	svc := newHouse(t)
	text := aneelHead
	good := aneelLine("Azul", "Ponta", "R$/kW", "68,21", "0") + aneelLine("Azul", "Ponta", "R$/MWh", "153,23", "475,91")
	for n := range 12 {
		text += aneelOf(fmt.Sprintf("OUTRA %d", n), good)
		if n == 3 {
			text += aneelOf("Cemig-D", good)
		}
	}
	text += aneelOf("ENEL RJ", good)
	if _, err := Run(t.Context(), svc, crm.Actor{UserID: "root", Role: crm.RoleAdmin}, Options{Path: writeFile(t, "todas.csv", text), Name: "todas.csv", Lang: "pt-BR", OnError: func(crm.ImportError) {}}); crm.CodeOf(err) != crm.CodeInvalid {
		t.Fatalf("nobody says which are used: %v", err)
	}
	for n, distributor := range []string{" cemig-d", "ENEL RJ", "", "ENEL RJ"} {
		i := crm.Installation{ID: fmt.Sprint("i", n), Client: "c", UC: fmt.Sprint(n), Source: fmt.Sprint("s", n), FormerUC: fmt.Sprint("f", n), Name: "x", Distributor: distributor}
		if err := svc.Apply(t.Context(), crm.Installations.Put(&i)); err != nil {
			t.Fatal(err)
		}
	}
	res, told := takeTariffs(t, svc, text)
	list, err := svc.ListTariffs(t.Context())
	if err != nil || len(list) != 2 || list[0].Distributor != "CEMIG-D" || list[1].Distributor != "ENEL RJ" || res.Sheets[0].Counts != (Counts{Created: 2}) {
		t.Fatalf("%+v %+v %v", list, res.Sheets, err)
	}
	if list[0].MicrosPerKW != 68_210_000 || list[0].TEMicrosPerKWh != 475_910 {
		t.Errorf("%+v", list[0])
	}
	if len(told) != 1 || told[0].Reason.Key != "import.aneel.unused" || told[0].Reason.Args[1] != "24" || told[0].Reason.Args[3] != "12" {
		t.Errorf("told %+v", told)
	}
}
