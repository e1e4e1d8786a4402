package demo

// company is one invented client of the demonstration.
type company struct {
	name   string
	legal  string // legal form
	cnae   string // subclass, 7 digits
	domain string // below .example
	place  int    // of the head office, in places
	units  int    // installations; 0: drawn
	lang   string // of its people, when not Portuguese
	cpf    bool   // a rural holder
}

// crews are the sectors that the agents of the demonstration are specialised
// in, in the order of the agents.
var crews = [][]string{
	{"metallurgy", "mining", "nonmetallic", "machinery", "chemicals"},
	{"food", "retail", "textile", "wood", "hotels"},
	{"health", "education", "public", "banks", "telecom"},
	{"agri", "water", "transport", "other"},
}

// companies are the first 60 clients, 15 for each crew. All names are invented.
var companies = [][]company{
	{
		{name: "Siderúrgica Pedra Branca", legal: "S.A.", cnae: "2411300", domain: "siderpedrabranca", place: 8, units: 9},
		{name: "Ferroligas Vale do Riacho", legal: "Ltda.", cnae: "2412100", domain: "ferroligasriacho", place: 35, units: 4},
		{name: "Mineração Serra do Ouro Velho", legal: "S.A.", cnae: "0710301", domain: "serraourovelho", place: 15, units: 20},
		{name: "Laminados Três Picos", legal: "S.A.", cnae: "2424502", domain: "laminadostrespicos", place: 7, units: 5},
		{name: "Fundição Boa Liga", legal: "Ltda.", cnae: "2451200", domain: "fundicaoboaliga", place: 9, units: 3},
		{name: "Cimentos Gruta Azul", legal: "S.A.", cnae: "2320600", domain: "grutaazul", place: 37, units: 4, lang: "es"},
		{name: "Cal e Gesso Arcos do Sul", legal: "Ltda.", cnae: "2392300", domain: "calarcosdosul", place: 33, units: 2},
		{name: "Cerâmica Barro Vermelho", legal: "ME", cnae: "2342702", domain: "barrovermelho", place: 25, units: 1},
		{name: "Mármores Pico da Bandeirinha", legal: "Ltda.", cnae: "0810003", domain: "picobandeirinha", place: 39, units: 2},
		{name: "Usinagem Horizonte Novo", legal: "Ltda.", cnae: "2511000", domain: "usinagemhorizonte", place: 1, units: 3},
		{name: "Autopeças Minas Precisão", legal: "S.A.", cnae: "2944100", domain: "minasprecisao", place: 2, units: 5},
		{name: "Geradores Alto Rio", legal: "Ltda.", cnae: "2710401", domain: "geradoresaltorio", place: 31, units: 1},
		{name: "Plásticos Sol Poente", legal: "Ltda.", cnae: "2222600", domain: "plasticossolpoente", place: 13, units: 2},
		{name: "Farmoquímica Ipê Roxo", legal: "S.A.", cnae: "2121101", domain: "iperoxofarma", place: 26, units: 3},
		{name: "Adubos Chapadão Verde", legal: "Ltda.", cnae: "2013401", domain: "aduboschapadao", place: 4, units: 2},
	}, {
		{name: "Supermercados Bom Caminho", legal: "S.A.", cnae: "4711302", domain: "bomcaminho", place: 0, units: 44},
		{name: "Laticínios Morro Alto", legal: "Ltda.", cnae: "1052000", domain: "laticiniosmorroalto", place: 24, units: 6},
		{name: "Frigorífico Boi Dourado", legal: "S.A.", cnae: "1011201", domain: "boidourado", place: 38, units: 5},
		{name: "Café Serra Encantada", legal: "Ltda.", cnae: "1081302", domain: "serraencantada", place: 14, units: 3},
		{name: "Refrigerantes Guarani do Vale", legal: "Ltda.", cnae: "1122401", domain: "guaranidovale", place: 3, units: 2},
		{name: "Usina Canavial Bonito", legal: "S.A.", cnae: "1071600", domain: "canavialbonito", place: 39, units: 4},
		{name: "Pão de Queijo da Roça", legal: "ME", cnae: "1091102", domain: "paodaroca", place: 9, units: 1},
		{name: "Atacado Mineiro União", legal: "S.A.", cnae: "4691500", domain: "atacadouniao", place: 3, units: 12},
		{name: "Casa de Ferragens Pinheiro", legal: "Ltda.", cnae: "4744001", domain: "ferragenspinheiro", place: 5, units: 3},
		{name: "Hiper Estrela da Manhã", legal: "Ltda.", cnae: "4711301", domain: "hiperestrela", place: 10, units: 7},
		{name: "Tecelagem Fio Mineiro", legal: "S.A.", cnae: "1321900", domain: "fiomineiro", place: 5, units: 3},
		{name: "Confecções Montanha Clara", legal: "Ltda.", cnae: "1412601", domain: "montanhaclara", place: 9, units: 1},
		{name: "Papéis Rio Manso", legal: "S.A.", cnae: "1721400", domain: "papeisriomanso", place: 27, units: 2, lang: "es"},
		{name: "Serraria Jacarandá", legal: "ME", cnae: "1610203", domain: "serrariajacaranda", place: 41, units: 1},
		{name: "Hotel Águas do Planalto", legal: "Ltda.", cnae: "5510801", domain: "aguasdoplanalto", place: 11, units: 2},
	}, {
		{name: "Hospital Santa Clara das Gerais", legal: "Associação", cnae: "8610101", domain: "santaclaragerais", place: 0, units: 4},
		{name: "Santa Casa do Vale Verde", legal: "Associação", cnae: "8610101", domain: "santacasavaleverde", place: 12, units: 2},
		{name: "Rede de Clínicas Vida Plena", legal: "S.A.", cnae: "8630503", domain: "vidaplena", place: 5, units: 6},
		{name: "Hospital Regional Serra Mansa", legal: "Fundação", cnae: "8610101", domain: "hrserramansa", place: 6, units: 2},
		{name: "Universidade do Alto Cerrado", legal: "Fundação", cnae: "8532500", domain: "altocerrado", place: 4, units: 15},
		{name: "Faculdade Horizontes", legal: "Ltda.", cnae: "8531700", domain: "faculdadehorizontes", place: 36, units: 3},
		{name: "Colégio Monte Sereno", legal: "Ltda.", cnae: "8520100", domain: "montesereno", place: 0, units: 2},
		{name: "Instituto de Ensino Nova Trilha", legal: "Ltda.", cnae: "8520100", domain: "novatrilha", place: 23, units: 1},
		{name: "Município de Ribeirão das Flores (fictício)", legal: "", cnae: "8411600", domain: "ribeiraodasflores", place: 40, units: 18},
		{name: "Município de Serra Clara (fictício)", legal: "", cnae: "8411600", domain: "serraclara", place: 22, units: 8},
		{name: "Consórcio Público Alto Vale", legal: "", cnae: "8411600", domain: "consorcioaltovale", place: 26, units: 3},
		{name: "Banco do Planalto Mineiro", legal: "S.A.", cnae: "6422100", domain: "bancoplanalto", place: 0, units: 24},
		{name: "Cooperativa de Crédito Raiz", legal: "", cnae: "6424703", domain: "creditoraiz", place: 19, units: 4},
		{name: "Data Centre Montes Altos", legal: "S.A.", cnae: "6311900", domain: "dcmontesaltos", place: 1, units: 2, lang: "es"},
		{name: "Telecom Veredas", legal: "Ltda.", cnae: "6110803", domain: "telecomveredas", place: 29, units: 5},
	}, {
		{name: "Companhia de Águas Rio Sereno", legal: "S.A.", cnae: "3600601", domain: "aguasriosereno", place: 0, units: 66},
		{name: "Saneamento Vale das Pedras", legal: "S.A.", cnae: "3701100", domain: "valedaspedras", place: 10, units: 22},
		{name: "Resíduos Limpos do Cerrado", legal: "Ltda.", cnae: "3811400", domain: "residuoscerrado", place: 3, units: 2},
		{name: "Fazenda Boa Esperança do Paranaíba", legal: "", cnae: "0115600", domain: "boaesperancaagro", place: 28, units: 3, cpf: true},
		{name: "Agropecuária Três Irmãos", legal: "Ltda.", cnae: "0115600", domain: "tresirmaosagro", place: 29, units: 7},
		{name: "Cafés Alto da Mantiqueira", legal: "Ltda.", cnae: "0134200", domain: "altomantiqueira", place: 30, units: 5},
		{name: "Sítio Olhos d'Água", legal: "", cnae: "0151202", domain: "olhosdagua", place: 12, units: 1, cpf: true},
		{name: "Frutas do Norte Irrigado", legal: "Ltda.", cnae: "0134200", domain: "frutasnorte", place: 34, units: 6},
		{name: "Perímetro Irrigado Sol Nascente", legal: "Associação", cnae: "0111301", domain: "perimetrosol", place: 34, units: 8},
		{name: "Transportes Estrada Real Nova", legal: "Ltda.", cnae: "4930202", domain: "estradarealnova", place: 2, units: 4},
		{name: "Armazéns Trevo do Triângulo", legal: "S.A.", cnae: "5211701", domain: "armazenstrevo", place: 3, units: 6},
		{name: "Shopping Mirante das Gerais", legal: "Condomínio", cnae: "6810202", domain: "miranteshopping", place: 36, units: 3},
		{name: "Condomínio Empresarial Lagoa Nova", legal: "Condomínio", cnae: "6810202", domain: "lagoanova", place: 37, units: 2},
		{name: "Associação Rural Campo Alegre", legal: "Associação", cnae: "9430800", domain: "campoalegre", place: 40, units: 1},
		{name: "Logística Portal do Sul", legal: "Ltda.", cnae: "4930202", domain: "portaldosul", place: 13, units: 3},
	},
}

// branch is what an invented company of a sector is called and does.
type branch struct {
	words []string
	cnaes []string
}

// branches name the companies beyond the first 60.
var branches = map[string]branch{
	"mining":      {[]string{"Mineração", "Pedreira", "Minérios"}, []string{"0710301", "0810003", "0899199"}},
	"food":        {[]string{"Alimentos", "Laticínios", "Frigorífico", "Torrefação"}, []string{"1052000", "1011201", "1081302", "1091102"}},
	"textile":     {[]string{"Tecelagem", "Malhas", "Calçados"}, []string{"1321900", "1311100", "1531901"}},
	"wood":        {[]string{"Madeiras", "Papéis", "Embalagens"}, []string{"1610203", "1721400", "1731100"}},
	"chemicals":   {[]string{"Química", "Plásticos", "Adesivos"}, []string{"2013401", "2222600", "2091600"}},
	"nonmetallic": {[]string{"Cerâmica", "Cal", "Cimentos"}, []string{"2342702", "2392300", "2320600"}},
	"metallurgy":  {[]string{"Siderúrgica", "Fundição", "Ferroligas"}, []string{"2411300", "2451200", "2412100"}},
	"machinery":   {[]string{"Usinagem", "Equipamentos", "Autopeças"}, []string{"2511000", "2710401", "2944100"}},
	"agri":        {[]string{"Agropecuária", "Fazenda", "Cafés"}, []string{"0115600", "0134200", "0151202"}},
	"water":       {[]string{"Águas", "Saneamento", "Ambiental"}, []string{"3600601", "3701100", "3811400"}},
	"retail":      {[]string{"Supermercados", "Atacado", "Lojas"}, []string{"4711302", "4691500", "4744001"}},
	"transport":   {[]string{"Transportes", "Logística", "Armazéns"}, []string{"4930202", "5211701"}},
	"hotels":      {[]string{"Hotel", "Pousada"}, []string{"5510801", "5611201"}},
	"telecom":     {[]string{"Telecom", "Dados"}, []string{"6110803", "6311900"}},
	"banks":       {[]string{"Banco", "Cooperativa de Crédito"}, []string{"6422100", "6424703"}},
	"public":      {[]string{"Consórcio Público", "Autarquia"}, []string{"8411600"}},
	"education":   {[]string{"Faculdade", "Colégio", "Instituto"}, []string{"8531700", "8520100"}},
	"health":      {[]string{"Hospital", "Clínica", "Santa Casa"}, []string{"8610101", "8630503"}},
	"other":       {[]string{"Condomínio", "Associação", "Centro Comercial"}, []string{"6810202", "9430800"}},
}

var (
	natureWords = []string{"Serra", "Vale", "Morro", "Rio", "Pico", "Lagoa", "Campo", "Vereda", "Ribeirão", "Chapada", "Cachoeira", "Mata", "Pedra", "Várzea", "Ponte"}
	colourWords = []string{"Azul", "Verde", "Dourado", "Sereno", "Novo", "Alto", "Claro", "do Ipê", "do Buriti", "das Garças", "do Sol", "da Lua", "do Norte", "do Sul", "da Aurora", "do Cedro"}
	legalForms  = []string{"Ltda.", "S.A.", "ME", "Ltda."}
)

var (
	firstNames = []string{"Adriana", "Alexandre", "Aline", "André", "Beatriz", "Camila", "Carlos", "Cláudia", "Cristiano", "Daniela", "Débora", "Eduardo", "Elaine", "Fábio", "Fernanda", "Flávio", "Gabriela", "Geraldo", "Gustavo", "Henrique", "Isabela", "João", "Joana", "José", "Juliana", "Larissa", "Leonardo", "Lúcia", "Luiz", "Marcelo", "Márcia", "Marina", "Mateus", "Natália", "Otávio", "Patrícia", "Pedro", "Rafael", "Renata", "Ricardo", "Roberta", "Sérgio", "Simone", "Tatiana", "Thiago", "Valéria", "Vinícius", "Wagner"}
	lastNames  = []string{"Abreu", "Almeida", "Andrade", "Barbosa", "Batista", "Bicalho", "Braga", "Campos", "Carvalho", "Castro", "Coelho", "Couto", "Dias", "Drummond", "Faria", "Ferreira", "Figueiredo", "Fonseca", "Freitas", "Gomes", "Guimarães", "Lacerda", "Lima", "Lopes", "Machado", "Magalhães", "Martins", "Melo", "Mendes", "Moreira", "Nunes", "Oliveira", "Pacheco", "Pereira", "Pinto", "Queiroz", "Ramos", "Resende", "Ribeiro", "Rocha", "Sales", "Santos", "Silveira", "Souza", "Tavares", "Torres", "Vasconcelos", "Vieira"}
	firstES    = []string{"Alejandro", "Carmen", "Diego", "Esteban", "Florencia", "Gonzalo", "Javier", "Lucía", "Martín", "Pilar", "Rodrigo", "Ximena"}
	lastES     = []string{"Aguirre", "Benítez", "Cárdenas", "Fuentes", "Herrera", "Iturbe", "Morales", "Ortega", "Paredes", "Quiroga", "Rojas", "Zamora"}
)

// job is a role in the register and the titles that people give it.
type job struct {
	role   string
	titles []string
}

var jobs = []job{
	{"technical", []string{"Engenheiro eletricista", "Coordenação de manutenção", "Supervisão de utilidades", "Gerência de engenharia"}},
	{"financial", []string{"Contas a pagar", "Controladoria", "Coordenação financeira"}},
	{"decision", []string{"Diretoria industrial", "Gerência geral", "Sócio administrador", "Superintendência"}},
	{"legal", []string{"Jurídico", "Contratos", "Procuradoria"}},
	{"other", []string{"Suprimentos", "Meio ambiente", "Secretaria da diretoria"}},
}
