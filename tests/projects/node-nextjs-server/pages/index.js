export default () => 'It works';
