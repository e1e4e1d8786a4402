// Package reports makes what goes up the house once a month.
//
// A report is a pure function of data to a Workbook of Tables. Data is read
// before, by Collect, within the actor's scope; package xlsx and package csv
// write Tables. So one Table serves the workbook, a csv file and a page, and a
// test needs no file to check a figure.
//
// Figures stay int64 in the unit of their column (W, centavos, tenths of a
// percent) until a writer divides them, once.
package reports
