// Sorts the table by the column whose heading is pressed; Enter and Space press it too, since it is a button.
// Without script the table stands worst first.
(() => {
  const table = document.querySelector('table.sortable');
  const body = table.tBodies[0];
  const said = document.querySelector('#sorted');
  const heads = [...table.tHead.rows[0].cells];
  const order = [...body.rows];
  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
  const compare = (one, two) => {
    const [first, second] = [Number(one), Number(two)];
    if (one === '' || two === '') return (one === '') - (two === '');
    return Number.isNaN(first) || Number.isNaN(second) ? one.localeCompare(two, 'en', { numeric: true }) : first - second;
  };
  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = [...order].sort((one, two) => {
        const [first, second] = [value(one, column), value(two, column)];
        if (first === '' || second === '') return compare(first, second);
        return down ? compare(second, first) : compare(first, second);
      });
      body.append(...rows);
      said.textContent = `Sorted by ${head.textContent.trim()}, ${down ? 'highest first' : 'lowest first'}.`;
    });
  });
  const box = document.querySelector('#find');
  box.parentElement.hidden = false;
  box.addEventListener('input', () => {
    const wanted = box.value.toLocaleLowerCase();
    let shown = 0;
    for (const row of order) {
      row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      shown += !row.hidden;
    }
    said.textContent = wanted ? `${shown} of ${order.length} shown.` : '';
  });
})();
