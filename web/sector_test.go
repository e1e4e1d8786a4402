package web_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

func TestReadDivisions(t *testing.T) {
	for raw, want := range map[string][]string{
		"45-47, 49": {"45", "46", "47", "49"}, "45 a 46; 1": {"45", "46", "01"}, "47": {"47"}, "": nil,
		"45 – 46": {"45", "46"}, "47-45": {"47-45"}, "100": {"100"}, "x": {"x"},
	} {
		if got := web.ReadDivisions(raw); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", raw, got, want)
		}
	}
	if got := web.DivisionRuns([]string{"01", "45", "46", "47", "49"}); got != "01, 45-47, 49" {
		t.Error(got)
	}
}

// An admin renames a sector and gives it a division: the lists say the new name,
// the clients move in a job, and the toast takes it all back.
func TestSectorTableInThePage(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("admin")
	b.Get("/users").Status(200).Has("a[href='/sectors']", "Ramos")
	b.Get("/sectors").Status(200).Has("[data-row] a[href='/sectors/food']", "Alimentos e bebidas").Has("[data-row]", "10-12")
	b.Get("/sectors/food").Status(200).Has("[name=divisions][value='10-12']", "").Has("[name=nameEn][value='Food and drink']", "")
	form := []string{"version", "0", "name", "Comida & Bebida", "nameEs", "Comida", "nameEn", "Meals", "divisions", "10 a 12, 56", "offered", "yes"}
	page := b.Follow(b.Post("/sectors/food", form...).Status(303)).Has("[data-row]", "10-12, 56").Has("[data-toast]", "Salvo").Has("[data-row]", "Comida & Bebida")
	b.Get("/clients").Has("option[value=food]", "Comida & Bebida")
	var args crm.ResectorArgs
	jobs, _, err := k.Service.ListJobs(t.Context(), k.Actor("admin"), crm.JobResector, 5, "")
	k.Must(err)
	if len(jobs) != 1 || json.Unmarshal(jobs[0].Args, &args) != nil || len(args.Sectors) != 3 {
		t.Errorf("%d jobs, %+v", len(jobs), args)
	}
	b.Post("/sectors/food", form...).Status(303) // a second time it says nothing new
	b.Post("/sectors/food", "version", "0", "name", "Mesa", "divisions", "56, 10 a 12").Status(412).Has(".notice", "em outra janela, salvou antes").Has(".theirs .wrong", "Comida & Bebida").Lacks("[name='theirs.divisions']").Value("divisions", "10-12, 56").Value("nameEs", "Comida")
	b.Get("/sectors/food").Status(200).Has("[name=version][value='1']", "").Has("[name=name][value='Comida & Bebida']", "")
	b.Get("/sectors/food").Has(".panel", "Divisões da CNAE").Has(".panel", "Alimentos e bebidas")
	undo := page.Find("[data-toast] form").AttrOr("action", "")
	if !strings.HasPrefix(undo, "/sectors/undo/") {
		t.Fatalf("no undo in the toast: %q", undo)
	}
	b.Follow(b.Post(undo)).Has("[data-toast]", "Desfeito").Has("[data-row]", "Alimentos e bebidas")
	b.Post(undo).Status(412)
	b.Post("/sectors", "name", "Supermercados", "divisions", "4x").Status(422).Has(".wrong", "01 a 99").Has("[name=divisions][value='4x']", "")
	b.Post("/sectors/retail/delete").Status(422).Has(".notice", "ainda tem divisões")
	k.Browser("ana").Get("/sectors").Status(200).Has("[data-row]", "Alimentos e bebidas").Lacks("[data-row] form").Lacks("a[href='/sectors/food']")
}

func TestSectorsInTheAPI(t *testing.T) {
	k := webtest.New(t)
	var made struct{ ID, Undo string }
	a := k.API("admin", "POST", "/sectors", map[string]any{"name": "Supermercados", "nameEn": "Supermarkets", "divisions": []string{"47"}}).Status(201)
	k.Must(json.Unmarshal([]byte(a.Body), &made))
	var list struct {
		Items []struct {
			ID, Name  string
			Names     map[string]string
			Divisions []string
			Version   int64
		}
	}
	k.Must(json.Unmarshal([]byte(k.API("ana", "GET", "/sectors", nil).Status(200).Body), &list))
	at := map[string]int{}
	for n, s := range list.Items {
		at[s.ID] = n
	}
	one, retail := list.Items[at["supermercados"]], list.Items[at["retail"]]
	if made.ID != "supermercados" || one.Names["en"] != "Supermarkets" || one.Names["es"] != "Supermercados" || one.Version != 1 || !reflect.DeepEqual(retail.Divisions, []string{"45", "46"}) {
		t.Errorf("made %+v, %+v, retail %+v", made, one, retail)
	}
	if at["supermercados"] != len(list.Items)-2 || list.Items[len(list.Items)-1].ID != "other" {
		t.Errorf("order: %v", at)
	}
	k.API("admin", "PUT", "/sectors/supermercados", map[string]any{"version": 0, "name": "Super"}).Status(412)
	k.API("admin", "PUT", "/sectors/supermercados", map[string]any{"version": 1, "name": "Super", "divisions": []string{"47"}}).Status(200)
	k.API("admin", "POST", "/sectors/undo/"+made.Undo, nil).Status(412)
}
