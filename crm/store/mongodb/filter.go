package mongodb

import (
	"regexp"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

var missing = bson.D{{Key: "$exists", Value: false}}

// where turns checked conditions into clauses of an $and.
func where(c *store.Collection, conds []store.Cond) bson.A {
	clauses := bson.A{}
	for _, w := range conds {
		clauses = append(clauses, bson.D{{Key: w.Field, Value: test(c, w)}})
	}
	return clauses
}

var operators = map[store.Op]string{
	store.Eq: "$eq", store.In: "$in", store.Lt: "$lt", store.Le: "$lte", store.Gt: "$gt", store.Ge: "$gte",
}

func test(c *store.Collection, w store.Cond) bson.D {
	switch w.Op {
	case store.Missing:
		return missing
	case store.Present:
		f, _ := c.Field(w.Field)
		return present(f.Kind)
	case store.In:
		values := bson.A{}
		for _, v := range w.Values {
			values = append(values, encodeKey(v))
		}
		return bson.D{{Key: "$in", Value: values}}
	}
	return bson.D{{Key: operators[w.Op], Value: encodeKey(w.Values[0])}}
}

// words finds documents that have every word; the last is a prefix. An
// anchored expression walks the words index.
func words(list []string) bson.A {
	clauses := bson.A{}
	for i, w := range list {
		var is any = w
		if i == len(list)-1 {
			is = bson.D{{Key: "$regex", Value: "^" + regexp.QuoteMeta(w)}}
		}
		clauses = append(clauses, bson.D{{Key: fieldWords, Value: is}})
	}
	return clauses
}

func all(clauses ...bson.A) bson.D {
	list := slices.Concat(clauses...)
	switch len(list) {
	case 0:
		return bson.D{}
	case 1:
		return list[0].(bson.D)
	}
	return bson.D{{Key: "$and", Value: list}}
}

// after keeps the rows that follow a place in an order. Missing values come
// first upwards and last downwards, as MongoDB itself sorts them. The first
// clause bounds the walk of the index, the second cuts it exactly.
func after(order []plan.Key, at *plan.Place) bson.A {
	if at == nil {
		return nil
	}
	branches := bson.A{}
	for i, k := range order {
		beyond, some := beyond(k, at.Values[i])
		if !some {
			continue
		}
		branches = append(branches, append(same(order[:i], at), bson.E{Key: k.Field, Value: beyond}))
	}
	branches = append(branches, append(same(order, at),
		bson.E{Key: fieldID, Value: bson.D{{Key: "$gt", Value: at.ID}}}))
	if len(branches) == 1 {
		return branches
	}
	clauses := bson.A{}
	if bound := bound(order[0], at.Values[0]); bound != nil {
		clauses = append(clauses, bson.D{{Key: order[0].Field, Value: bound}})
	}
	return append(clauses, bson.D{{Key: "$or", Value: branches}})
}

// same holds the sort fields of a place.
func same(order []plan.Key, at *plan.Place) bson.D {
	d := bson.D{}
	for i, k := range order {
		if at.Values[i] == nil {
			d = append(d, bson.E{Key: k.Field, Value: missing})
		} else {
			d = append(d, bson.E{Key: k.Field, Value: bson.D{{Key: "$eq", Value: encodeKey(at.Values[i])}}})
		}
	}
	return d
}

// beyond is the test for values that come strictly later; some is false when
// none can.
func beyond(k plan.Key, v any) (test bson.D, some bool) {
	switch {
	case v == nil && k.Desc:
		return nil, false
	case v == nil:
		return present(k.Kind), true
	case k.Desc:
		// Not "above or equal": below, or missing.
		return bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: encodeKey(v)}}}}, true
	}
	return bson.D{{Key: "$gt", Value: encodeKey(v)}}, true
}

// bound is the test for values that come at the place or later.
func bound(k plan.Key, v any) bson.D {
	switch {
	case v == nil && k.Desc:
		return missing
	case v == nil:
		return nil
	case k.Desc:
		return bson.D{{Key: "$not", Value: bson.D{{Key: "$gt", Value: encodeKey(v)}}}}
	}
	return bson.D{{Key: "$gte", Value: encodeKey(v)}}
}

// upTo keeps the rows at or before a place: the mirror of after.
func upTo(order []plan.Key, at *plan.Place) bson.D {
	return bson.D{{Key: "$nor", Value: bson.A{all(after(order, at))}}}
}

// sortSpec is the order with the id at its end. In a unique index rows never
// tie, and it does not hold the id.
func sortSpec(q *plan.Query) bson.D {
	spec := bson.D{}
	for _, k := range q.Order {
		dir := int32(1)
		if k.Desc {
			dir = -1
		}
		spec = append(spec, bson.E{Key: k.Field, Value: dir})
	}
	if !q.Unique() || len(spec) == 0 {
		spec = append(spec, bson.E{Key: fieldID, Value: int32(1)})
	}
	return spec
}

// hint names the chosen index; "" leaves the choice to the server.
func hint(q *plan.Query) string {
	switch {
	case q.Index >= 0:
		return indexName(q.In.Indexes[q.Index])
	case q.Index == plan.ByID:
		return "_id_"
	}
	return ""
}
