package crm

import (
	"slices"
	"testing"
)

func TestContractDoubts(t *testing.T) {
	w := func(kw int64) *int64 { kw *= 1000; return &kw }
	captive, free := Installation{Market: MarketCaptive}, Installation{Market: MarketFree}
	for name, c := range map[string]struct {
		k    Contract
		i    Installation
		want []string
	}{
		"nothing":        {Contract{Kind: ContractCUSD, Start: "2025-03-10", Schedule: []DemandStep{{From: "2025-03", SingleW: w(30)}}}, captive, nil},
		"29 kW":          {Contract{Kind: ContractCUSD, Start: "2025-03-10", Schedule: []DemandStep{{From: "2025-03", SingleW: w(29)}}}, captive, []string{"contract.doubt.minimum"}},
		"one posto":      {Contract{Kind: ContractCUSD, Modality: "azul", Schedule: []DemandStep{{From: "2025-03", PeakW: w(10), OffPeakW: w(30)}}}, captive, nil},
		"month by month": {Contract{Kind: ContractCUSD, Schedule: []DemandStep{{From: "2025-03", SingleW: w(5)}}}, Installation{Conditions: []string{CondSeasonal}}, nil},
		"too early":      {Contract{Kind: ContractCUSD, Start: "2025-03-10", Schedule: []DemandStep{{From: "2025-02", SingleW: w(90)}}}, captive, []string{"contract.doubt.early"}},
		"regulated":      {Contract{Kind: ContractCCER, Start: "2025-03-10"}, free, []string{"contract.doubt.free"}},
		"it ends":        {Contract{Kind: ContractCCER, Start: "2025-03-10", End: "2026-12-31"}, free, nil},
		"former":         {Contract{Kind: ContractCCER, Former: true, Schedule: []DemandStep{{From: "2025-02", SingleW: w(9)}}}, free, nil},
	} {
		var got []string
		for _, d := range c.k.Doubts(&c.i, "2026-11-23") {
			got = append(got, d.Key)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
