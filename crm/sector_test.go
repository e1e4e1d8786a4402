package crm

import "testing"

func TestSectorOf(t *testing.T) {
	for cnae, want := range map[string]string{
		"0111-3/01": "agri", "0111301": "agri", "01": "agri", "0710-3/01": "mining", "1011201": "food",
		"1311100": "textile", "2320600": "nonmetallic", "2422901": "metallurgy", "2511000": "machinery",
		"3600601": "water", "3511501": "other", "4711301": "retail", "4711-3/02": "retail", "5510801": "hotels",
		"6110801": "telecom", "6422100": "banks", "8411600": "public", "8513900": "education", "8610101": "health",
		"9430800": "other", "": "", "x": "", "??": "",
	} {
		if got := BuiltInSectors().Of(cnae); got != want {
			t.Errorf("Of(%q) = %q, want %q", cnae, got, want)
		}
	}
}

func TestSectorsCoverDivisionsOnce(t *testing.T) {
	seen := map[string]string{}
	ids := map[string]bool{}
	for _, s := range BuiltInSectors().All() {
		if ids[s.ID] || !BuiltInSectors().Has(s.ID) {
			t.Errorf("sector %s stands twice, or is none", s.ID)
		}
		ids[s.ID] = true
		for _, d := range s.Divisions {
			if seen[d] != "" {
				t.Errorf("division %s is of %s and of %s", d, seen[d], s.ID)
			}
			seen[d] = s.ID
		}
	}
	if BuiltInSectors().Has("nothing") {
		t.Error("nothing is a sector")
	}
	all := BuiltInSectors().All()
	if last := all[len(all)-1]; last.ID != SectorOther {
		t.Errorf("the report ends with %s", last.ID)
	}
}
