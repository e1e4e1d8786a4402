package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// sectorsPage shows the table to everybody; admins edit it.
func (s *Server) sectorsPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	p := page.Sectors{Base: s.base(c, page.PlaceUsers, v.T("sectors.title"), page.Link{Label: v.T("page.nav.users"), URL: "/users"})}
	all := v.ramos.All()
	for n := range all {
		row := v.sectorRow(&all[n])
		if a.Role == crm.RoleAdmin {
			row.Name.URL = "/sectors/" + all[n].ID
			if all[n].ID != crm.SectorOther && n > 0 {
				row.UpURL = row.Name.URL + "/up"
			}
			if n+1 < len(all) && all[n+1].ID != crm.SectorOther {
				row.DownURL = row.Name.URL + "/down"
			}
			if all[n].ID == crm.SectorOther {
				row.DownURL = ""
			}
		}
		p.Rows = append(p.Rows, row)
	}
	if a.Role == crm.RoleAdmin {
		p.AddURL = "/sectors/new"
		jobs, _, err := s.Service.ListJobs(ctx, a, crm.JobResector, 1, "")
		if err != nil {
			return s.fail(c, err)
		}
		if len(jobs) > 0 && !jobs[0].Ended() {
			j := s.job(c, v, jobs[0])
			p.Job = &j
		}
	}
	return s.render(c, fiber.StatusOK, "sectors", p)
}

func (v view) sectorRow(sec *crm.Sector) page.SectorRow {
	row := page.SectorRow{Name: page.Link{Label: sec.In(v.Lang)}, Divisions: orNothing(divisionRuns(sec.Divisions))}
	var other []string
	for _, l := range locale.Langs {
		if name := sec.In(l); l != v.Lang && !slices.Contains(other, name) && name != row.Name.Label {
			other = append(other, name)
		}
	}
	row.Other = join(", ", other...)
	if sec.ID == crm.SectorOther {
		row.Divisions = v.T("sectors.rest")
	}
	if sec.Disabled {
		row.State = page.Badge{Label: v.T("sectors.off"), State: page.Idle}
	}
	return row
}

// divisionRuns writes divisions in runs: "45-47, 49".
func divisionRuns(list []string) string {
	var runs []string
	for n := 0; n < len(list); {
		first, last := list[n], list[n]
		for n++; n < len(list) && number(list[n]) == number(last)+1; n++ {
			last = list[n]
		}
		if first == last {
			runs = append(runs, first)
		} else {
			runs = append(runs, first+"-"+last)
		}
	}
	return strings.Join(runs, ", ")
}

func number(division string) int { n, _ := strconv.Atoi(division); return n }

// readDivisions reads runs as people type them: "45 a 47", "45–47; 49", "1".
// What is no division stays as it was typed, and is refused by the table.
func readDivisions(raw string) (out []string) {
	raw = strings.NewReplacer(" – ", "-", "–", "-", " a ", "-", " to ", "-", " - ", "-").Replace(raw)
	for _, run := range strings.FieldsFunc(raw, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		first, last, ranged := strings.Cut(run, "-")
		if !ranged {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		until, errUntil := strconv.Atoi(last)
		if errFrom != nil || errUntil != nil || from < 1 || until > 99 || from > until {
			return append(out, run)
		}
		for ; from <= until; from++ {
			out = append(out, strconv.Itoa(from/10)+strconv.Itoa(from%10))
		}
	}
	return out
}

type sectorEntry struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"` // in the reader's language
	Names     map[string]string `json:"names"`
	Divisions []string          `json:"divisions"` // CNAE divisions
	Disabled  bool              `json:"disabled,omitempty"`
	Version   int64             `json:"version"` // 0: as the program brings it
}

type sectorList struct {
	Items []sectorEntry `json:"items"`
}

func apiSectors(s *Server, c call, _ struct{}) (sectorList, error) {
	table, err := s.Service.SectorTable(c)
	out := sectorList{Items: []sectorEntry{}}
	for _, sec := range table.All() {
		e := sectorEntry{ID: sec.ID, Name: sec.In(locale.Lang(lang(c.ctx))), Names: map[string]string{}, Divisions: append([]string{}, sec.Divisions...),
			Disabled: sec.Disabled, Version: sec.Version}
		for _, l := range locale.Langs {
			e.Names[string(l)] = sec.In(l)
		}
		out.Items = append(out.Items, e)
	}
	return out, err
}
