import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { NAMES, OPERATIONS, traitsOf } from '../../../nodes/KieVeo/operations';

const { properties, subtitle } = new KieVeo().description;
/** The parameter 'Operation' of a resource. */
const fieldOf = (resource: string) =>
	properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.resource?.includes(resource),
	);

describe('every operation of the table', () => {
	it.each(NAMES)('%s can be picked and read in the subtitle', (name) => {
		const { resource, label } = OPERATIONS[name];
		expect(fieldOf(resource)?.options).toContainEqual(
			expect.objectContaining({ name: label, value: name }),
		);
		expect(subtitle).toContain(`${name}: ${JSON.stringify(label)}`);
	});

	it('is in alphabetical order, as n8n wants the options of a list', () => {
		const labels = NAMES.map((name) => OPERATIONS[name].label);
		expect(labels).toStrictEqual([...labels].sort());
	});

	it.each(['video', 'task', 'file', 'account'])(
		'has one default for the resource %s',
		(resource) => {
			const defaults = NAMES.filter(
				(name) => traitsOf(name).resource === resource && traitsOf(name).isDefault,
			);
			expect(defaults).toStrictEqual([fieldOf(resource)?.default]);
		},
	);
});
