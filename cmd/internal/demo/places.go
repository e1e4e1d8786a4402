package demo

// place is a municipality of Minas Gerais.
type place struct {
	name string
	ibge string // 7 digits
	area string // telephone area code
}

// places are where the fictitious companies stand.
var places = []place{
	{"Belo Horizonte", "3106200", "31"},
	{"Contagem", "3118601", "31"},
	{"Betim", "3106705", "31"},
	{"Uberlândia", "3170206", "34"},
	{"Uberaba", "3170107", "34"},
	{"Juiz de Fora", "3136702", "32"},
	{"Montes Claros", "3143302", "38"},
	{"Ipatinga", "3131307", "31"},
	{"Sete Lagoas", "3167202", "31"},
	{"Divinópolis", "3122306", "37"},
	{"Governador Valadares", "3127701", "33"},
	{"Poços de Caldas", "3151800", "35"},
	{"Patos de Minas", "3148004", "34"},
	{"Pouso Alegre", "3152501", "35"},
	{"Varginha", "3170701", "35"},
	{"Itabira", "3131703", "31"},
	{"Ouro Preto", "3146107", "31"},
	{"Mariana", "3140001", "31"},
	{"Conselheiro Lafaiete", "3118304", "31"},
	{"Congonhas", "3118007", "31"},
	{"Araxá", "3104007", "34"},
	{"Passos", "3147907", "35"},
	{"Teófilo Otoni", "3168606", "33"},
	{"Barbacena", "3105608", "32"},
	{"Itaúna", "3133808", "37"},
	{"Pará de Minas", "3147105", "37"},
	{"João Monlevade", "3136207", "31"},
	{"Lavras", "3138203", "35"},
	{"Unaí", "3170404", "38"},
	{"Paracatu", "3147006", "38"},
	{"Três Corações", "3169307", "35"},
	{"Itajubá", "3132404", "35"},
	{"Viçosa", "3171303", "31"},
	{"Formiga", "3126109", "37"},
	{"Janaúba", "3135100", "38"},
	{"Pirapora", "3151206", "38"},
	{"Nova Lima", "3144805", "31"},
	{"Vespasiano", "3171204", "31"},
	{"Araguari", "3103504", "34"},
	{"Ituiutaba", "3134202", "34"},
	{"Curvelo", "3120904", "38"},
	{"Diamantina", "3121605", "38"},
}
