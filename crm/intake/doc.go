// Package intake brings files into the house: the portfolio workbook, readings,
// and UCMT tables as the regulator publishes them. It reads xlsx and csv as
// streams, row by row and twice: once to find out how the numbers are written,
// once to take them. Good rows are taken, every faulty one is told with sheet,
// row, column, value and reason.
//
// What a row means for the store is decided by crm.Upserter; this package only
// turns cells into values.
package intake
