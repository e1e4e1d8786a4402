package demo

import (
	"fmt"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/text"
)

// mailDomain is reserved (RFC 2606) and reaches nobody.
const mailDomain = "@cemigmas.example"

var teamNames = []string{"Grandes Clientes Centro", "Grandes Clientes Sul", "Grandes Clientes Triângulo", "Grandes Clientes Norte"}

var (
	adminName    = "Helena Duarte"
	managerNames = []string{"Paulo Siqueira", "Vera Antunes", "Otacílio Brandão", "Ivone Salgado"}
	agentNames   = []string{"Ana Prado", "Bruno Teixeira", "Carla Nogueira", "Diego Moura"}
)

func (w *World) makeUsers() {
	w.addUser(crm.RoleAdmin, adminName, "", nil)
	for t := range w.Teams {
		w.addUser(crm.RoleManager, managerNames[t], teamNames[t], nil)
	}
	for a := range w.Agents {
		name := w.agentName(a)
		w.addUser(crm.RoleAgent, name, teamNames[a*w.Teams/w.Agents], crews[a%len(crews)])
		w.agents = append(w.agents, w.users[len(w.users)-1])
	}
}

func (w *World) agentName(a int) string {
	if a < len(agentNames) {
		return agentNames[a]
	}
	return fmt.Sprintf("%s %s", firstNames[(a*7)%len(firstNames)], lastNames[(a*11)%len(lastNames)])
}

func (w *World) addUser(role crm.Role, name, team string, sectors []string) {
	n := len(w.users)
	at := w.midnight.AddDate(0, -w.History, 0)
	w.users = append(w.users, crm.User{
		ID: id(w.Seed, w.born, 'u', 0, n), Email: w.freeAddress(name), Name: name, Role: role, Team: team,
		Sectors: sectors, Lang: "pt-BR", LoopbackOnly: true, Epoch: 1, CreatedAt: at, UpdatedAt: at,
	})
}

func (w *World) freeAddress(name string) string {
	local := localPart(name)
	for n := 1; ; n++ {
		address := local + mailDomain
		if n > 1 {
			address = fmt.Sprintf("%s%d%s", local, n, mailDomain)
		}
		taken := false
		for _, u := range w.users {
			taken = taken || u.Email == address
		}
		if !taken {
			return address
		}
	}
}

// localPart is a name as the part of an address before the @: first.last.
func localPart(name string) string {
	words := strings.Fields(text.Fold(name))
	return words[0] + "." + words[len(words)-1]
}
