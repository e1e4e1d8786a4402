package intake

import (
	"cemigmas/crm"
	"cemigmas/crm/text"
)

// clientField makes the setter of a client's text.
func clientField(of func(*crm.ClientRow) *crm.Opt[string]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Client) = v.str() }
}

// codeNames are headers of the code of a municipality whose brackets tell it
// from its name.
var codeNames = []string{"Município (IBGE)", "Municipio (IBGE)", "Municipality (IBGE)", "codigo do municipio"}

// place takes what stands under "municipality" for the code if it is one.
func place(v value, city, code *crm.Opt[string]) {
	if v.op == opSet && len(v.text) == 7 && text.Digits(v.text) == v.text {
		*code = v.str()
		return
	}
	*city = v.str()
}

var clientColumns = []column{
	{id: "taxId", form: formTax, also: []string{"cnpj", "cpf", "cnpj/cpf", "cpf/cnpj", "cnpj o cpf", "cnpj ou cpf"},
		set: func(r *crm.Row, v value) { r.Client.TaxID = v.text }},
	{id: "code", also: []string{"codigo", "code", "codigo do cliente", "nº do cliente"},
		set: func(r *crm.Row, v value) { r.Client.Code = v.text }},
	{id: "name", required: true, also: []string{"nome", "nombre", "name", "cliente", "client", "nome fantasia"},
		set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Name })},
	{id: "legalName", set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.LegalName })},
	{id: "cnae", set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.CNAE })},
	{id: "sector", form: formChoice, choice: sectors, also: []string{"ramo", "ramo de atividade", "setor", "sector"},
		set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Sector })},
	{id: "agent", also: []string{"agente", "agent", "e-mail do agente"},
		set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Agent })},
	{id: "tier", form: formChoice, choice: tiers, also: []string{"classe", "clase"}, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Tier })},
	{id: "status", form: formChoice, choice: statuses, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Status })},
	{id: "segment", form: formChoice, choice: segments, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Segment })},
	{id: "address", set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Address })},
	{id: "city", also: []string{"cidade", "ciudad", "city"}, set: func(r *crm.Row, v value) { place(v, &r.Client.City, &r.Client.Municipality) }},
	{id: "municipality", form: formDigits, also: codeNames, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Municipality })},
	{id: "phone", set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Phone })},
	{id: "emails", form: formList, also: []string{"e-mail", "email", "e-mails", "emails"},
		set: func(r *crm.Row, v value) { r.Client.Emails = v.strs() }},
	{id: "domains", form: formList, set: func(r *crm.Row, v value) { r.Client.Domains = v.strs() }},
	{id: "notes", set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Notes })},
	{id: "tags", form: formList, also: []string{"etiqueta", "etiquetas", "tags", "marcadores"}, set: func(r *crm.Row, v value) { r.Client.Tags = v.strs() }},
	{id: "standIn", also: []string{"substituto", "suplente", "stand-in", "e-mail do substituto"}, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.StandIn })},
	{id: "standInFrom", form: formDate, also: []string{"suplente de", "substituto desde"}, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.StandInFrom })},
	{id: "standInUntil", form: formDate, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.StandInUntil })},
	{id: "parent", form: formTax, also: []string{"grupo economico", "grupo", "economic group", "empresa mae", "controladora", "matriz", "casa matriz", "parent company"},
		set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.Parent })},
	{id: "parentCode", also: []string{"codigo do grupo", "codigo del grupo", "group code"}, set: clientField(func(c *crm.ClientRow) *crm.Opt[string] { return &c.ParentCode })},
}

func personField(of func(*crm.PersonRow) *crm.Opt[string]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Person) = v.str() }
}

var personColumns = []column{
	{id: "client", form: formTax, also: []string{"cnpj", "cpf", "cnpj/cpf", "cliente (cnpj)", "cliente", "client"},
		set: func(r *crm.Row, v value) { r.Person.Client.TaxID = v.text }},
	{id: "clientCode", also: []string{"codigo do cliente", "client code", "codigo"},
		set: func(r *crm.Row, v value) { r.Person.Client.Code = v.text }},
	{id: "name", required: true, also: []string{"nome", "nombre", "name", "pessoa", "contato"},
		set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Name })},
	{id: "emails", form: formList, also: []string{"e-mail", "email", "e-mails", "emails"},
		set: func(r *crm.Row, v value) { r.Person.Emails = v.strs() }},
	{id: "phones", form: formList, also: []string{"telefone", "telefono", "phone", "telefones", "celular"},
		set: func(r *crm.Row, v value) { r.Person.Phones = v.strs() }},
	{id: "role", form: formChoice, choice: roles, set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Role })},
	{id: "title", also: []string{"cargo", "title"}, set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Title })},
	{id: "lang", form: formChoice, choice: languages, set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Lang })},
	{id: "former", form: formYes, set: func(r *crm.Row, v value) { r.Person.Former = v.yes() }},
	{id: "notes", set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Notes })},
	{id: "channel", form: formChoice, choice: channels, also: []string{"canal", "channel", "canal de contato", "canal de contacto"},
		set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Channel })},
	{id: "hours", also: []string{"melhor horario", "mejor horario", "best time"}, set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.Hours })},
	{id: "consentOn", form: formDate, also: []string{"consentimento", "consentimiento", "consent", "aceite de publicidade"},
		set: personField(func(p *crm.PersonRow) *crm.Opt[string] { return &p.ConsentOn })},
}

func unitField(of func(*crm.InstallationRow) *crm.Opt[string]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Installation) = v.str() }
}

var installationColumns = []column{
	{id: "uc", form: formUC, also: []string{"uc", "numero da uc", "unidade consumidora", "instalacao"},
		set: func(r *crm.Row, v value) { r.Installation.UC = v.text }},
	{id: "formerUc", form: formUC, also: []string{"numero antigo", "instalacao antiga"},
		set: func(r *crm.Row, v value) { r.Installation.FormerUC = v.text }},
	{id: "client", form: formTax, also: []string{"cnpj/cpf do cliente", "cnpj do cliente", "cliente (cnpj)", "cliente", "client"},
		set: func(r *crm.Row, v value) { r.Installation.Client.TaxID = v.text }},
	{id: "clientCode", also: []string{"codigo do cliente", "client code"},
		set: func(r *crm.Row, v value) { r.Installation.Client.Code = v.text }},
	{id: "name", also: []string{"nome", "nombre", "name"}, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Name })},
	{id: "cnpj", form: formTax, also: []string{"cnpj", "cnpj do estabelecimento"},
		set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.CNPJ })},
	{id: "address", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Address })},
	{id: "city", also: []string{"cidade", "ciudad", "city"}, set: func(r *crm.Row, v value) { place(v, &r.Installation.City, &r.Installation.Municipality) }},
	{id: "municipality", form: formDigits, also: codeNames, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Municipality })},
	{id: "distributor", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Distributor })},
	{id: "voltage", form: formNumber, scale: 3, set: func(r *crm.Row, v value) { r.Installation.VoltageV = v.num() }},
	{id: "subgroup", also: []string{"subgrupo", "grupo"}, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Subgroup })},
	{id: "tariffClass", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.TariffClass })},
	{id: "cnae", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.CNAE })},
	{id: "loadW", form: formNumber, scale: 3, set: func(r *crm.Row, v value) { r.Installation.LoadW = v.num() }},
	{id: "market", form: formChoice, choice: markets, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Market })},
	{id: "feeder", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Feeder })},
	{id: "substation", set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Substation })},
	{id: "status", form: formChoice, choice: unitStatuses, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Status })},
	{id: "connectedOn", form: formDate, set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.ConnectedOn })},
	{id: "coordinates", also: []string{"latitude e longitude", "latitud y longitud", "latitude and longitude", "lat long", "gps"},
		set: unitField(func(i *crm.InstallationRow) *crm.Opt[string] { return &i.Coordinates })},
	{id: "transformerVA", form: formNumber, scale: 3, also: []string{"transformador", "transformer", "potencia do transformador", "potencia del transformador", "transformer power"},
		set: func(r *crm.Row, v value) { r.Installation.TransformerVA = v.num() }},
	{id: "secondaryMeter", form: formYes, also: []string{"medicao na baixa", "medicao secundaria", "medicion secundaria", "secondary metering"},
		set: func(r *crm.Row, v value) { r.Installation.SecondaryMeter = v.yes() }},
	{id: "conditions", form: formChoices, choice: conditions, also: []string{"condicoes", "condiciones", "conditions"},
		set: func(r *crm.Row, v value) { r.Installation.Conditions = v.strs() }},
}

func contractField(of func(*crm.ContractRow) *crm.Opt[string]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Contract) = v.str() }
}

func contractNumber(of func(*crm.ContractRow) *crm.Opt[int64]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Contract) = v.num() }
}

var contractColumns = []column{
	{id: "uc", form: formUC, required: true, also: []string{"uc", "numero da uc", "unidade consumidora", "instalacao"},
		set: func(r *crm.Row, v value) { r.Contract.Installation.UC = v.text }},
	{id: "kind", form: formChoice, choice: contracts, also: []string{"tipo", "type", "kind"},
		set: func(r *crm.Row, v value) { r.Contract.Kind = v.text }},
	{id: "start", form: formDate, also: []string{"inicio", "start"}, set: func(r *crm.Row, v value) { r.Contract.Start = v.text }},
	{id: "number", set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.Number })},
	{id: "modality", form: formChoice, choice: modalities, also: []string{"modalidade", "modalidad", "modality"},
		set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.Modality })},
	{id: "from", form: formMonth, set: func(r *crm.Row, v value) { r.Contract.From = v.text }},
	{id: "singleW", form: formNumber, scale: 3, also: []string{"demanda", "demanda contratada", "contracted demand"},
		set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.SingleW })},
	{id: "peakW", form: formNumber, scale: 3, also: []string{"demanda contratada ponta", "demanda na ponta"},
		set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.PeakW })},
	{id: "offPeakW", form: formNumber, scale: 3, also: []string{"demanda contratada fora de ponta", "demanda fora ponta"},
		set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.OffPeakW })},
	{id: "termMonths", form: formNumber, set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.TermMonths })},
	{id: "renews", form: formYes, set: func(r *crm.Row, v value) { r.Contract.Renews = v.yes() }},
	{id: "end", form: formDate, set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.End })},
	{id: "denounced", form: formDate, set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.Denounced })},
	{id: "market", form: formChoice, choice: markets, set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.Market })},
	{id: "testFrom", form: formMonth, set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.TestFrom })},
	{id: "testCycles", form: formNumber, set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.TestCycles })},
	{id: "formerSingleW", form: formNumber, scale: 3, set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.FormerSingleW })},
	{id: "formerPeakW", form: formNumber, scale: 3, set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.FormerPeakW })},
	{id: "formerOffPeakW", form: formNumber, scale: 3, set: contractNumber(func(c *crm.ContractRow) *crm.Opt[int64] { return &c.FormerOffPeakW })},
	{id: "migration", form: formDate, also: []string{"migracao", "migracion", "migration", "pedido de migracao", "solicitud de migracion", "migration request"},
		set: contractField(func(c *crm.ContractRow) *crm.Opt[string] { return &c.Migration })},
}

func readingNumber(of func(*crm.ReadingRow) *crm.Opt[int64]) func(*crm.Row, value) {
	return func(r *crm.Row, v value) { *of(r.Reading) = v.num() }
}

var readingColumns = []column{
	{id: "uc", form: formUC, required: true, also: []string{"uc", "numero da uc", "unidade consumidora", "instalacao"},
		set: func(r *crm.Row, v value) { r.Reading.Installation.UC = v.text }},
	{id: "month", form: formMonth, required: true, also: []string{"mes", "month", "referencia", "mes/ano", "competencia"},
		set: func(r *crm.Row, v value) { r.Reading.Month = v.text }},
	{id: "singleW", form: formNumber, scale: 3, also: []string{"demanda", "demanda medida", "demand", "measured demand"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.SingleW })},
	{id: "peakW", form: formNumber, scale: 3, also: []string{"demanda ponta", "demanda punta", "peak demand"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.PeakW })},
	{id: "offPeakW", form: formNumber, scale: 3, also: []string{"demanda fora de ponta", "demanda fora ponta", "demanda fuera de punta", "off-peak demand"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.OffPeakW })},
	{id: "energyWh", form: formNumber, scale: 3, also: []string{"energia", "consumo", "energy", "consumption"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.EnergyWh })},
	{id: "peakWh", form: formNumber, scale: 3, also: []string{"energia ponta", "consumo ponta", "energia punta", "peak energy"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.PeakWh })},
	{id: "offPeakWh", form: formNumber, scale: 3, also: []string{"energia fora de ponta", "consumo fora de ponta", "consumo fora ponta", "energia fuera de punta", "off-peak energy"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.OffPeakWh })},
	{id: "reactiveWh", form: formNumber, scale: 3, also: []string{"ere", "ufer", "energia reativa", "energia reativa excedente", "excedente reativo", "energia reactiva", "reactive energy"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.ReactiveWh })},
	{id: "reactiveW", form: formNumber, scale: 3, also: []string{"dre", "dmcr", "demanda reativa", "demanda reativa excedente", "demanda reactiva", "reactive demand"},
		set: readingNumber(func(x *crm.ReadingRow) *crm.Opt[int64] { return &x.ReactiveW })},
}

var tariffColumns = []column{
	{id: "distributor", required: true, set: func(r *crm.Row, v value) { r.Tariff.Distributor = v.text }},
	{id: "subgroup", required: true, also: []string{"subgrupo"}, set: func(r *crm.Row, v value) { r.Tariff.Subgroup = v.text }},
	{id: "modality", form: formChoice, choice: tariffModalities, required: true, also: []string{"modalidade", "modalidad", "modality"},
		set: func(r *crm.Row, v value) { r.Tariff.Modality = v.text }},
	{id: "posto", form: formChoice, choice: postos, set: func(r *crm.Row, v value) { r.Tariff.Posto = v.text }},
	{id: "from", form: formDate, required: true, also: []string{"vigencia", "inicio da vigencia"}, set: func(r *crm.Row, v value) { r.Tariff.From = v.text }},
	{id: "microsPerKW", form: formNumber, scale: 6, also: []string{"tarifa", "tariff", "valor", "r$/kw"},
		set: func(r *crm.Row, v value) { r.Tariff.MicrosPerKW = v.num() }},
	{id: "tusdMicrosPerKWh", form: formNumber, scale: 3, also: []string{"tusd", "tusd energia", "tusd r$/mwh"},
		set: func(r *crm.Row, v value) { r.Tariff.TUSDMicrosPerKWh = v.num() }},
	{id: "teMicrosPerKWh", form: formNumber, scale: 3, also: []string{"te", "te r$/mwh"},
		set: func(r *crm.Row, v value) { r.Tariff.TEMicrosPerKWh = v.num() }},
	{id: "act", set: func(r *crm.Row, v value) { r.Tariff.Act = v.str() }},
}
